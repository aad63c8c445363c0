import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findGitHubToken } from './github-connection.js';
import { createSpawnedCommands } from '../spawn-commands.contract.js';
import { createTemporaryFolder, removeTemporaryFolders } from '../temporary-folder.contract.js';

afterEach(removeTemporaryFolders);

/** A folder with a program `gh` of these lines in it. */
async function installGh(lines: string): Promise<string> {
  const folder = await createTemporaryFolder();
  await writeFile(join(folder, 'gh'), `#!/bin/sh\n${lines}\n`);
  await chmod(join(folder, 'gh'), 0o755);
  return folder;
}

async function find(env: Readonly<Record<string, string>>) {
  const commands = createSpawnedCommands();
  const token = await findGitHubToken({
    env,
    commands,
    cwd: process.cwd(),
    host: 'github.example.com',
  });
  return { token, commands: commands.log };
}

describe('findGitHubToken', () => {
  it('takes GITHUB_TOKEN before GH_TOKEN, and runs no program', async () => {
    await expect(find({ GITHUB_TOKEN: ' one\n', GH_TOKEN: 'two' })).resolves.toEqual({
      token: 'one',
      commands: [],
    });
    await expect(find({ GITHUB_TOKEN: '', GH_TOKEN: 'two' })).resolves.toEqual({
      token: 'two',
      commands: [],
    });
  });

  it('asks gh about the host, with no more of the environment than gh needs', async () => {
    const folder = await installGh('echo "$1-$2-$3-$4-$SECRET-$HOME-$GH_CONFIG_DIR"');
    const { token } = await find({
      PATH: `${folder}:/usr/bin:/bin`,
      HOME: '/home/ada',
      GH_CONFIG_DIR: '/conf',
      SECRET: 'leak',
    });
    expect(token).toBe('auth-token---hostname-github.example.com--/home/ada-/conf');
  });

  it.each([
    ['is not logged in', 'echo "no oauth token" >&2; exit 1'],
    ['prints nothing', 'true'],
    ['prints sentences', 'echo "you are not logged in"'],
    ['is killed', 'kill -9 $$'],
  ])('finds none when gh %s', async (_what, lines) => {
    const folder = await installGh(lines);
    await expect(find({ PATH: `${folder}:/usr/bin:/bin` })).resolves.toMatchObject({ token: null });
  });

  it('finds none when gh is missing', async () => {
    const folder = await createTemporaryFolder();
    await expect(find({ PATH: folder })).resolves.toMatchObject({
      token: null,
      commands: [{ file: 'gh' }],
    });
  });
});
