import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NEWEST_NX } from './versions.js';
import { callLog } from './workspace/agent-calls.js';
import { createReviewedShop, type ReviewedShop, reviewedOptions } from './workspace/reviewed-shop.js';
import { succeed, type Workspace } from './workspace/workspace.js';

describe('what a project review makes of', () => {
  let shop: ReviewedShop;
  let workspace: Workspace;

  beforeAll(async () => {
    shop = await createReviewedShop(NEWEST_NX);
    ({ workspace } = shop);
  });

  beforeEach(async () => {
    await workspace.git('checkout', '-qfB', 'work', 'main');
    await workspace.git('clean', '-fdq');
    workspace.write('nx-fleet.json', reviewedOptions());
  });

  afterAll(() => workspace.remove());

  /** Prompts that agents get from a review. */
  async function prompts(...args: string[]): Promise<readonly string[]> {
    const log = join(workspace.folder, 'prompts.txt');
    writeFileSync(log, '');
    const env = { ...callLog(workspace), E2E_PROMPT_LOG: log };
    await succeed(workspace.startNx(['affected', '-t', 'agent-review', '--output-style=static', ...args], { env }).finished);
    return readFileSync(log, 'utf8').split('\n=====\n').slice(0, -1);
  }

  it('files that move between projects, are deleted, binary, locked or only change their mode', async () => {
    await workspace.git('mv', 'packages/a/work-a.txt', 'packages/c/work-moved.txt');
    await workspace.run('chmod', ['+x', 'packages/b/work-b.txt'], { cwd: workspace.root });
    await shop.commit({
      'packages/c/work-c.txt': null,
      'packages/c/logo.png': Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]),
      'packages/c/yarn.lock': 'secret-line-of-a-lock-file\n'.repeat(50),
    });
    const byProject = new Map((await prompts()).map((prompt) => [titleOf(prompt), prompt]));
    expect([...byProject.keys()].toSorted()).toEqual(['@shop/c', 'a', 'b']);
    expect(byProject.get('a')).toMatch(/deleted file[\s\S]*--- a\/packages\/a\/work-a\.txt/);
    expect(byProject.get('b')).toMatch(/old mode 100644\nnew mode 100755/);
    const moved = byProject.get('@shop/c') ?? '';
    expect(moved).toMatch(/new file[\s\S]*\+\+\+ b\/packages\/c\/work-moved\.txt/);
    expect(moved).toContain('packages/c/logo.png');
    expect(moved).toContain('[Its lines are not shown: binary]');
    expect(moved).toContain('+50 -0 lines, review.exclude: yarn.lock');
    expect(moved).not.toContain('secret-line-of-a-lock-file');
  });

  it('a change that is larger than a context window', async () => {
    const words = (name: string): string => Array.from({ length: 20_000 }, (_, line) => `${name} ${line} works`).join('\n');
    await shop.commit({ 'packages/a/work-one.txt': words('one'), 'packages/a/work-two.txt': words('two') });
    const asked = await prompts();
    expect(asked.map((prompt) => /This is part (\d) of 2 of the change/.exec(prompt)?.[1])).toEqual(['1', '2']);
    expect(shop.read('a/agent-review--inspector/review.json')).toMatchObject({ summary: expect.stringContaining('Reviewed in 2 parts') });
    expect(await shop.review()).toEqual([]);
  });

  it('another model, another program of the reviewer and another prompt: each is reviewed again, and what is as it was is not', async () => {
    await shop.commit({ 'packages/a/work-a.txt': 'a works one\n' });
    expect(await shop.review()).toEqual(['a']);
    const { agents } = JSON.parse(reviewedOptions()) as { agents: object };
    workspace.write('nx-fleet.json', reviewedOptions({ agents: { ...agents, tiers: { review: 'light' } } }));
    expect(await shop.review()).toEqual(['a']);
    workspace.write('nx-fleet.json', reviewedOptions());
    expect(await shop.review()).toEqual([]);
    const program = workspace.read('tools/agent.mjs');
    workspace.write(
      'tools/agent.mjs',
      "#!/usr/bin/env node\nif (process.argv[2] !== '--version') process.exit(1);\nconsole.log('scripted 1.0.0');\n",
    );
    expect(await shop.review()).toEqual([]);
    workspace.write('tools/agent.mjs', program);
    const prompt = 'You review a change. {{spec}} {{diff}} {{checks}}\n';
    for (const files of [{ 'tools/agent.mjs': `${program}// another version\n` }, { 'tools/prompts/review.md': prompt }]) {
      await workspace.git('switch', '-q', 'main');
      await shop.commit(files);
      await workspace.git('switch', '-q', 'work');
      await workspace.git('rebase', '-q', 'main');
      workspace.write('nx-fleet.json', reviewedOptions({ prompts: 'tools/prompts' }));
      expect(await shop.review()).toEqual(['a']);
      await workspace.git('checkout', '-q', '--', 'nx-fleet.json');
    }
  });

  it('rules that the base changes: what they hold for is reviewed again, and nothing else', async () => {
    await shop.commit({ 'packages/a/work-a.txt': 'a works two\n', 'packages/c/work-c.txt': 'c works\n' });
    expect(await shop.review()).toEqual(['@shop/c', 'a']);
    await workspace.git('switch', '-q', 'main');
    await shop.commit({ 'packages/a/AGENTS.md': 'Be very strict with a.\n' });
    await workspace.git('switch', '-q', 'work');
    expect(await shop.review()).toEqual([]);
    await workspace.git('rebase', '-q', 'main');
    expect(await shop.review()).toEqual(['a']);
  });

  it("a pipeline's checkout: no branch, base and head as commits", async () => {
    const base = await workspace.git('rev-parse', 'main');
    await shop.commit({ 'packages/a/work-a.txt': 'a works three\n' });
    expect(await shop.review()).toEqual(['a']);
    const head = await workspace.git('rev-parse', 'HEAD');
    await workspace.git('checkout', '-q', '--detach');
    await workspace.git('branch', '-qD', 'main', 'work');
    const env = { ...callLog(workspace), NX_BASE: base, NX_HEAD: head };
    const command = (): Promise<unknown> => succeed(workspace.startNx(['affected', '-t', 'agent-review'], { env }).finished);
    expect(await shop.askedBy(command)).toEqual([]);
    await workspace.git('branch', '-q', 'main', base);
  });

  it('a command that a task of another one has started: its own base, not that of the other', async () => {
    await shop.commit({ 'packages/a/work-a.txt': 'a works within\n' });
    const env = { ...callLog(workspace), NX_FLEET_BASE: 'HEAD', NX_FLEET_HEAD: 'main' };
    const command = (): Promise<unknown> => succeed(workspace.startNx(['affected', '-t', 'agent-review'], { env }).finished);
    expect(await shop.askedBy(command)).toEqual(['a']);
  });

  it('a shallow clone: it refuses, and says what to fetch', async () => {
    await shop.commit({ 'packages/a/work-a.txt': 'a works four\n' });
    const base = await workspace.git('rev-parse', 'main');
    writeFileSync(join(workspace.root, '.git/shallow'), `${await workspace.git('rev-parse', 'work')}\n`);
    const env = { ...callLog(workspace), NX_BASE: base, NX_HEAD: 'HEAD' };
    const { exitCode, output } = await workspace.startNx(['run', 'a:agent-review'], { env }).finished;
    rmSync(join(workspace.root, '.git/shallow'));
    expect(exitCode).not.toBe(0);
    expect(output).toContain('it is a shallow clone. Fetch the whole history');
  });

  it('a linked worktree: what is checked out there', async () => {
    await workspace.git('worktree', 'add', '-q', '-b', 'linked', '../linked', 'main');
    const cwd = join(workspace.parent, 'linked');
    writeFileSync(join(cwd, 'packages/a/work-a.txt'), 'a works five\n');
    await workspace.git('-C', cwd, 'commit', '-qam', 'linked');
    await workspace.run('ln', ['-s', join(workspace.root, 'node_modules'), 'node_modules'], { cwd });
    const command = (): Promise<unknown> =>
      succeed(workspace.startNx(['affected', '-t', 'agent-review'], { cwd, env: callLog(workspace) }).finished);
    expect(await shop.askedBy(command)).toEqual(['a']);
  });

  it("Nx's daemon: it sees new commits, another base and other options at once", async () => {
    const env = { ...callLog(workspace), NX_DAEMON: 'true', CI: '' };
    const review = (...args: string[]): Promise<readonly string[]> =>
      shop.askedBy(() =>
        succeed(workspace.startNx(['affected', '-t', 'agent-review', '--output-style=static', ...args], { env }).finished),
      );
    try {
      await shop.commit({ 'packages/a/work-a.txt': 'a works six\n' });
      expect(await review()).toEqual(['a']);
      await shop.commit({ 'packages/a/work-a.txt': 'a works well\n' });
      expect(await review()).toEqual(['a']);
      expect(await review()).toEqual([]);
      expect(await review('--base=HEAD~1')).toEqual(['a']);
      expect(await review()).toEqual([]);
    } finally {
      await workspace.startNx(['daemon', '--stop'], { env }).finished;
    }
  });
});

function titleOf(prompt: string): string {
  return /^# Changes to (.*)$/m.exec(prompt)?.[1] ?? '';
}
