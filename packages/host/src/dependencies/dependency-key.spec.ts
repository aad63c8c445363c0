import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { useTemporaryFolder } from '../../../system/src/testing/temporary-folder.js';
import { writeJson } from '../testing/npm-workspace.js';
import { dependencyKey, packageFolders } from './dependency-key.js';

describe('the key of dependencies', () => {
  const folder = useTemporaryFolder();
  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder(), file)), { recursive: true });
    writeFileSync(path.join(folder(), file), text);
  };
  const key = async (): Promise<string> =>
    dependencyKey({
      worktree: folder(),
      packageManager: { name: 'npm', lockfile: 'package-lock.json', isClassicYarn: false, isClonable: true },
      folders: await packageFolders(folder()),
    });
  const nested = { name: 'a', dependencies: { tiny: '1.0.0' }, scripts: { test: 'true' } };

  beforeEach(() => {
    write('package.json', '{"name":"root"}');
    write('package-lock.json', '{}');
    write('packages/a/package.json', JSON.stringify(nested));
    write('fixtures/broken/package.json', '{ not json');
  });

  it.each<[string, string, string]>([
    ['the lockfile', 'package-lock.json', '{ }'],
    ['a dependency of the root', 'package.json', '{"name":"root","devDependencies":{"x":"1"}}'],
    ['an override', 'package.json', '{"name":"root","overrides":{"x":"1"}}'],
    ['a dependency of a workspace', 'packages/a/package.json', '{"name":"a","dependencies":{"tiny":"2.0.0"}}'],
    ['a new workspace', 'packages/b/package.json', '{"name":"b"}'],
    ['a patch', 'patches/tiny+1.0.0.patch', '+'],
    ['a setting of npm', '.npmrc', 'legacy-peer-deps=true'],
    ['a package.json that is not JSON', 'fixtures/broken/package.json', '{ other'],
  ])('changes with %s', async (_, file, text) => {
    const before = await key();
    write(file, text);
    expect(await key()).not.toBe(before);
  });

  it.each<[string, string, string]>([
    ['a script', 'packages/a/package.json', JSON.stringify({ ...nested, scripts: {}, description: 'x' }, null, 4)],
    ['a source file', 'packages/a/index.ts', 'export {};'],
    ['what is installed', 'node_modules/tiny/package.json', '{"name":"tiny"}'],
  ])('stays the same with %s', async (_, file, text) => {
    const before = await key();
    write(file, text);
    expect(await key()).toBe(before);
  });

  it('counts package.json files in folders of any depth, but not those of git, Nx or node_modules', async () => {
    for (const file of [
      '.git/package.json',
      'dist/a/package.json',
      '.nx/x/package.json',
      'packages/a/node_modules/b/package.json',
      '.config/tool/package.json',
    ]) {
      writeJson(path.join(folder(), file), {});
    }
    expect(await packageFolders(folder())).toEqual(['', '.config/tool', 'fixtures/broken', 'packages/a']);
  });
});
