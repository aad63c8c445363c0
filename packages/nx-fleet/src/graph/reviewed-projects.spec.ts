import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { reviewedRoots } from './reviewed-projects.js';

const FILES = {
  'package.json': { workspaces: ['packages/*', '!packages/hidden'] },
  'packages/a/package.json': { name: '@shop/a', nx: { tags: ['scope:lib'] } },
  'packages/hidden/package.json': { name: 'hidden' },
  'packages/a/fixtures/package.json': { name: 'fixture' },
  'apps/web/project.json': { name: 'web', tags: ['scope:app'] },
  'apps/web/package.json': { name: 'not-the-name' },
  'tools/x/project.json': {},
};

describe("the repository's projects that are reviewed", () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(realpathSync(tmpdir()), 'nx-fleet-reviewed-'));
    for (const [file, value] of Object.entries(FILES)) write(file, JSON.stringify(value));
  });

  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function write(file: string, text: string): void {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }

  const roots = async (...patterns: string[]): Promise<readonly string[]> =>
    [...(await reviewedRoots(Object.keys(FILES), patterns, root))].toSorted();

  it('are all that Nx infers from their files: workspace packages, and folders with a project.json', async () => {
    expect(await roots('*')).toEqual(['apps/web', 'packages/a', 'tools/x']);
  });

  it.each<[string[], string[]]>([
    [[], []],
    [['web'], ['apps/web']],
    [['@shop/*'], ['packages/a']],
    [['apps/*'], ['apps/web']],
    [['tag:scope:*'], ['apps/web', 'packages/a']],
    [['!web'], ['packages/a', 'tools/x']],
    [
      ['*', '!tag:scope:app'],
      ['packages/a', 'tools/x'],
    ],
    [
      ['*', '!packages/**', '@shop/a'],
      ['apps/web', 'packages/a', 'tools/x'],
    ],
    [['x', 'not-the-name'], ['tools/x']],
  ])('are chosen by %j', async (patterns, expected) => {
    expect(await roots(...patterns)).toEqual(expected);
  });

  it('are those of pnpm and lerna too', async () => {
    write('package.json', '{}');
    write('pnpm-workspace.yaml', 'packages:\n  - "./packages/*"\n');
    expect(await roots('*')).toEqual(['apps/web', 'packages/a', 'packages/hidden', 'tools/x']);
    write('pnpm-workspace.yaml', 'catalog: {}\n');
    write('lerna.json', '{ "packages": ["packages/a"] }');
    expect(await roots('*')).toEqual(['apps/web', 'packages/a', 'tools/x']);
  });

  it('do not hang on a file that is no JSON', async () => {
    write('tools/x/project.json', '{ broken');
    expect(await roots('tag:x', 'x')).toEqual(['tools/x']);
  });
});
