import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { createHost } from '@nx-fleet/host';
import type { Adapters } from '../../adapters.js';
import { ciGenerator } from './generator.js';

const REVIEW = '.github/workflows/nx-fleet-review.yml';
const [info, warn] = [console.info, console.warn];

describe('nx g ci', () => {
  let root: string;
  let tree: Tree;
  let lines: string[];
  const text = (file: string): string => tree.read(file, 'utf-8') ?? '';

  function adapters(defaultBranch: string | null): Adapters {
    const host = createHost({ workspaceRoot: root, env: { PATH: process.env['PATH'] ?? '' }, registryDirectory: join(root, 'registry') });
    return { host, git: { defaultBranch: async () => defaultBranch } } as unknown as Adapters;
  }

  /** In the tree and in its folder, as with a real workspace. */
  function put(file: string, content: string): void {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
    tree.write(file, content);
  }

  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'nx-fleet-')));
    tree = createTreeWithEmptyWorkspace();
    tree.root = root;
    lines = [];
    console.info = (line: string) => void lines.push(line);
    console.warn = (line: string) => void lines.push(stripVTControlCharacters(line));
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
    Object.assign(console, { info, warn });
  });

  it('writes for the default branch and the package manager that it finds, and says what is left to do', async () => {
    put('pnpm-lock.yaml', '');
    put('package.json', '{ "packageManager": "pnpm@10.20.0" }');
    put('.nvmrc', '24\n');
    put('nx-fleet.json', '{ "tracker": { "type": "github" } }');
    await ciGenerator(tree, { provider: 'github' }, adapters('origin/trunk'));
    expect(text(REVIEW)).toContain('branches: ["trunk"]');
    expect(text(REVIEW)).toContain('run: pnpm install --frozen-lockfile');
    expect(text(REVIEW)).toContain('node-version-file: .nvmrc');
    expect(lines).toEqual([
      'What the pipelines log in with (secrets of the repository): ANTHROPIC_API_KEY, CODEX_API_KEY',
      'An issue becomes a pull request once it has the label "nx-fleet".',
    ]);
  });

  it("follows the repository's workflows: their Node, and their pins of actions", async () => {
    const commit = 'c'.repeat(40);
    put('.github/workflows/test.yml', `      - uses: actions/checkout@${commit} # v6\n      - with:\n          node-version: 22\n`);
    await ciGenerator(tree, { provider: 'github' }, adapters('main'));
    expect(text(REVIEW)).toContain('node-version: 22\n');
    expect(text(REVIEW)).toContain(`- uses: actions/checkout@${commit} # v6\n`);
    expect(lines.join('\n')).toContain('Pin these too: actions/setup-node@v7');
    await ciGenerator(tree, { provider: 'github' }, adapters('main'));
    expect(lines).toContain('The pipelines are up to date.');
  });

  it('says that nothing changed', async () => {
    await ciGenerator(tree, { provider: 'github' }, adapters('main'));
    expect(text(REVIEW)).toContain('node-version: 24');
    lines = [];
    await ciGenerator(tree, { provider: 'github' }, adapters('main'));
    expect(lines[0]).toBe('The pipelines are up to date.');
  });

  it('shows what would change in an edited file, whatever git is configured to show, and keeps it', async () => {
    execFileSync('git', ['init', '-q', root]);
    execFileSync('git', ['-C', root, 'config', 'diff.external', 'false']);
    await ciGenerator(tree, { provider: 'github' }, adapters('main'));
    const edited = text(REVIEW).replace('timeout-minutes: 60', 'timeout-minutes: 10 # \u001b[31mquick');
    put(REVIEW, edited);
    lines = [];
    await ciGenerator(tree, { provider: 'github' }, adapters('main'));
    expect(text(REVIEW)).toBe(edited);
    expect(lines[0]).toContain(`${REVIEW} is kept. What --overwrite would change in it:\n@@`);
    expect(lines[0]).toContain('\n-    timeout-minutes: 10 # quick\n+    timeout-minutes: 60\n');
    expect(lines[0]).not.toContain('\u001b');
  });

  it('says how to include ours where GitLab has a pipeline already', async () => {
    put('.gitlab-ci.yml', 'stages: [test]\n');
    await ciGenerator(tree, { provider: 'gitlab' }, adapters('main'));
    expect(lines[0]).toContain('include:\n  - local: .gitlab/nx-fleet.gitlab-ci.yml');
  });

  it('takes the branch that nx.json names where git knows none', async () => {
    put('nx.json', '{ "defaultBase": "develop" }');
    await ciGenerator(tree, { provider: 'github' }, adapters(null));
    expect(text(REVIEW)).toContain('branches: ["develop"]');
  });

  it('refuses when no branch is known', async () => {
    put('nx.json', '{}');
    await expect(ciGenerator(tree, { provider: 'github' }, adapters(null))).rejects.toThrow('The default branch is unknown.');
    expect(tree.exists(REVIEW)).toBe(false);
  });

  it('switches the reviews of projects on, beside the other options', async () => {
    put('nx-fleet.json', '{ "review": { "blockOn": "low" } }');
    await ciGenerator(tree, { provider: 'github' }, adapters('main'));
    expect(JSON.parse(text('nx-fleet.json'))).toEqual({ review: { blockOn: 'low', projects: ['*'] } });
    tree.delete('nx-fleet.json');
    await ciGenerator(tree, { provider: 'github' }, adapters('main'));
    expect(JSON.parse(text('nx-fleet.json'))).toEqual({ review: { projects: ['*'] } });
  });

  it('refuses where no project is reviewed, since there is nothing to publish', async () => {
    put('nx-fleet.json', '{ "review": { "projects": [] } }');
    await expect(ciGenerator(tree, { provider: 'gitlab' }, adapters('main'))).rejects.toThrow(
      /^"review\.projects" names no project, .*"fleet:publish-review".* Set it in nx-fleet\.json/,
    );
    expect(tree.exists('.gitlab/nx-fleet.gitlab-ci.yml')).toBe(false);
  });

  it('hands no agent the token of the job, and says so', async () => {
    const define = { mine: { type: 'command', command: './agent.mjs', passEnv: ['GITHUB_TOKEN', 'MY_KEY'] } };
    put('nx-fleet.json', JSON.stringify({ agents: { writer: 'mine', reviewers: ['mine'], define } }));
    await ciGenerator(tree, { provider: 'github' }, adapters('main'));
    expect(text(REVIEW).match(/^ +GITHUB_TOKEN: .+$/gm)).toHaveLength(1);
    expect(text(REVIEW)).toContain('MY_KEY: ${{ secrets.MY_KEY || vars.MY_KEY }}');
    expect(lines).toContain(
      'Not passed to agents, although "passEnv" names it: GITHUB_TOKEN. The pipeline uses this name itself; choose another.',
    );
  });
});
