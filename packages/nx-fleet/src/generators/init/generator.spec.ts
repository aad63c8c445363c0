import { addProjectConfiguration, type Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import type { Adapters } from '../../adapters.js';
import { initGenerator } from './generator.js';

const { info } = console;

describe('nx g nx-fleet:init', () => {
  let tree: Tree;
  let lines: string[];
  const text = (file: string): string => tree.read(file, 'utf-8') ?? '';
  const registration = (): unknown => JSON.parse(text('nx.json')).plugins.at(-1);

  /** A machine with these agents, on which git ignores these files. */
  function adapters({ agents = ['claude', 'codex'], ignored = [] as readonly string[], remote = null as string | null } = {}): Adapters {
    const git = {
      locate: async () => ({ mainWorktree: '/repo' }),
      defaultBranch: async () => 'origin/main',
      remoteUrl: async () => remote,
      ignoredPaths: async (_: string, paths: readonly string[]) => paths.filter((path) => ignored.includes(path)),
    };
    const agent = (name: string) => ({ detect: async () => (agents.includes(name) ? { version: '1.0.0' } : { missing: `no ${name}` }) });
    return { git, host: { env: {} }, agent } as unknown as Adapters;
  }

  beforeEach(() => {
    tree = createTreeWithEmptyWorkspace();
    lines = [];
    console.info = (line: string) => void lines.push(line);
  });

  afterEach(() => {
    console.info = info;
  });

  it('changes only the lines that change, and nothing the second time', async () => {
    const odd = '{\n  // ours\n  "parallel":   3,\n  "plugins": [{ "plugin": "@nx/js" },\n    "b"\n  ]\n}';
    tree.write('nx.json', odd);
    tree.write('.gitignore', 'dist');
    await initGenerator(tree, {}, adapters());
    expect(text('nx.json')).toBe(odd.replace('"b"', '"b",\n    "nx-fleet/plugin"'));
    const before = tree.listChanges().map(({ path, content }) => [path, content?.toString()]);
    await initGenerator(tree, {}, adapters({ agents: [], ignored: ['.env'] }));
    expect(tree.listChanges().map(({ path, content }) => [path, content?.toString()])).toEqual(before);
  });

  it.each([
    [['claude', 'codex'], undefined],
    [[], undefined],
    [['claude'], { reviewers: ['claude'] }],
    [['codex', 'opencode'], { writer: 'codex' }],
    [['gemini', 'copilot'], { writer: 'gemini', reviewers: ['gemini'] }],
  ])('with %j installed, names %j', async (agents, expected) => {
    await initGenerator(tree, {}, adapters({ agents }));
    expect(registration()).toEqual(
      expected === undefined ? 'nx-fleet/plugin' : { plugin: 'nx-fleet/plugin', options: { agents: expected } },
    );
  });

  it('lists ignored env files and keys for worktrees, without databases, examples and what is for production', async () => {
    addProjectConfiguration(tree, 'api', { root: 'apps/api' });
    const files = ['.env', '.env.local', '.env.production', '.env.example', 'dev.db', 'apps/api/.env.test', 'certs/dev.key', 'a b!.pem'];
    for (const file of files) tree.write(file, '');
    await initGenerator(tree, {}, adapters({ ignored: files.filter((file) => file !== '.env.example') }));
    expect(text('.worktreeinclude').split('\n').slice(1)).toEqual(['/.env', '/apps/api/.env.test', '/certs/dev.key', '']);
    expect(lines.join('\n')).toContain('.env, apps/api/.env.test, certs/dev.key');
  });

  it('writes no list of files where nothing is ignored', async () => {
    tree.write('.env', '');
    await initGenerator(tree, {}, adapters());
    expect(tree.exists('.worktreeinclude')).toBe(false);
  });

  it('takes another folder for issues where the default one lies in a project', async () => {
    addProjectConfiguration(tree, 'docs', { root: 'docs' });
    await initGenerator(tree, {}, adapters());
    expect(registration()).toEqual({ plugin: 'nx-fleet/plugin', options: { tracker: { type: 'markdown', directory: 'issues' } } });
  });

  it('keeps the default folder once it has issues, or where the whole workspace is a project, and tells how to leave them out', async () => {
    addProjectConfiguration(tree, 'docs', { root: 'docs' });
    tree.write('docs/issues/1.md', '# One');
    await initGenerator(tree, {}, adapters());
    expect(registration()).toBe('nx-fleet/plugin');
    expect(lines.join('\n')).toContain('Markdown files in docs/issues, inside the project in "docs": leave them out');
  });

  it('leaves folders for issues alone where GitHub has them', async () => {
    addProjectConfiguration(tree, 'docs', { root: 'docs' });
    await initGenerator(tree, {}, adapters({ remote: 'git@github.com:acme/shop.git' }));
    expect(registration()).toEqual({ plugin: 'nx-fleet/plugin', options: { tracker: { type: 'github' } } });
  });
});
