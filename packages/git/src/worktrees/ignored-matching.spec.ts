import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { createTestRepository, type TestRepository } from '../testing/repository.fixture.js';

describe('ignoredMatching', () => {
  let repository: TestRepository;
  beforeEach(async () => {
    repository = await createTestRepository();
    await repository.commit('tracked', { 'tracked.log': '' });
    await repository.commit('rules', { '.gitignore': '.env*\n/secrets/\nnode_modules\n*.log\n' });
  });
  afterEach(() => repository.remove());
  const matching = async (patterns: string) => {
    await repository.write('.worktreeinclude', patterns);
    return (await repository.git.ignoredMatching(repository.path, '.worktreeinclude')).toSorted();
  };

  it('lists ignored files that match, in ignored folders too, and no other', async () => {
    for (const file of [
      '.env',
      'apps/a/.env.local',
      'secrets/deep/key.pem',
      'secrets/.env',
      'debug.log',
      'plain.txt',
      'node_modules/x/.env',
    ]) {
      await repository.write(file, 'x');
    }
    await repository.run(['add', '-f', 'secrets/.env']);
    expect(await matching('.env*\n*.txt\n')).toEqual(['.env', 'apps/a/.env.local', 'node_modules/x/.env']);
    expect(await matching('/secrets/\n*.log\n')).toEqual(['debug.log', 'secrets/deep/key.pem']);
    expect(await matching('.env*\n!/apps/**\n!node_modules/**/.env\n')).toEqual(['.env']);
  });

  it('gives odd names exactly', async () => {
    const names = ['.env with space', '.env\nbreak', '.env-ünï', '.env*'];
    for (const name of names) await repository.write(name, 'x');
    expect(await matching('.env*\n')).toEqual(names.toSorted());
  });

  it('is what the two commands of the shared convention give', async () => {
    for (const file of ['.env', 'a/.env.local', 'secrets/x', 'x.log', 'node_modules/a/b.log', 'other/.keep'])
      await repository.write(file, 'x');
    const found = await matching('.env*\n*.log\nother/\n/secrets/x\n');
    const listed = await repository.run(['ls-files', '-z', '-o', '-i', '--exclude-from=.worktreeinclude']);
    const checked = await new Promise<string>((resolve) => {
      const options = { cwd: repository.path, env: repository.environment };
      execFile('git', ['check-ignore', '-z', '--stdin'], options, (_error, stdout) => resolve(stdout)).stdin?.end(listed);
    });
    expect(found).toEqual(
      checked
        .split('\0')
        .filter((name) => name !== '')
        .toSorted(),
    );
    expect(found).toHaveLength(5);
  });

  it('leaves out other repositories and worktrees in the folder', async () => {
    await repository.write('nested.log/inner/.env', 'x');
    await repository.run(['init', '-q', join(repository.path, 'nested.log', 'inner')]);
    expect(await matching('*.log\n.env\n')).toEqual([]);
  });

  it('finds nothing without a file of patterns', async () => {
    await repository.write('.env', 'x');
    expect(await repository.git.ignoredMatching(repository.path, '.worktreeinclude')).toEqual([]);
  });
});
