import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { useTemporaryFolder } from '../../../system/src/testing/temporary-folder.js';
import { createCommandRunner, hasProgram } from './command-runner.js';

describe('hasProgram', () => {
  const folder = useTemporaryFolder();
  const write = (name: string, mode: number): void => {
    mkdirSync(path.dirname(path.join(folder(), name)), { recursive: true });
    writeFileSync(path.join(folder(), name), '#!/bin/sh\nexit 0\n', { mode });
  };

  it.each<readonly [string, string, boolean]>([
    ['a program on the path', 'tool', true],
    ['a link to one', 'linked', true],
    ['a name that is not there', 'other', false],
    ['a file that is not executable', 'plain', false],
    ['a folder', 'folder', false],
    ['a path from the worktree', './run', true],
    ['a path that is not there', './missing', false],
    ['a path below a file', './run/x', false],
  ])('says whether the system starts %s', async (_, file, expected) => {
    write('bin/tool', 0o755);
    write('bin/plain', 0o644);
    write('run', 0o755);
    mkdirSync(path.join(folder(), 'bin/folder'));
    symlinkSync('tool', path.join(folder(), 'bin/linked'));
    const PATH = `${folder()}/empty:${folder()}/bin`;
    expect(await hasProgram(file, { cwd: folder(), path: PATH })).toBe(expected);
    const { ended } = await createCommandRunner().run({ file, args: [], cwd: folder(), env: { PATH } });
    expect(ended).toBe(expected ? 'exited' : 'not-found');
  });
});
