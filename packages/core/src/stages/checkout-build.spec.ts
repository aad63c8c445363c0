import { buildIssue } from './build-issue.js';
import type { Checkout } from './checkout-artefact.js';
import { checkoutBuild } from './checkout-build.js';
import type { Build } from './build-artefact.js';
import { addIssue, BUILD_TARGET, stageIssue, writes, WRITTEN, type AgentScript, type StagedIssue } from './staged-issue.contract.js';

const BUILT = 'refs/nx-fleet/built/issue-42';

async function built(): Promise<{ readonly issue: StagedIssue; readonly build: Build }> {
  const issue = await stageIssue({ agent: writes('a.ts') });
  return { issue, build: await buildIssue(issue.settings.build, issue.context(WRITTEN)) };
}

async function checkout(issue: StagedIssue): Promise<Checkout> {
  return checkoutBuild('claude', issue.context(BUILD_TARGET));
}

/** Another machine that has the first one's artefacts and nothing of its history. */
async function onAnotherMachine(issue: StagedIssue): Promise<StagedIssue> {
  const other = await stageIssue({ git: { bundles: issue.git.bundles } });
  await other.host.artefacts.write('issue-42', WRITTEN, 'build.json', issue.out(WRITTEN, 'build.json') ?? '');
  return other;
}

async function commitMine({ git, worktree }: StagedIssue): Promise<string> {
  git.filesIn(worktree).set('mine.ts', '1');
  return (await git.commitAll(worktree, 'Mine')) ?? '';
}

describe('checkoutBuild', () => {
  it('changes nothing where the build was made', async () => {
    const { issue, build } = await built();
    expect(await checkout(issue)).toEqual({ base: build.base, tree: build.tree });
    expect(JSON.parse(issue.out(BUILD_TARGET, 'checkout.json') ?? '')).toEqual({ base: build.base, tree: build.tree });
    expect(issue.git.refs.get(issue.branchRef)).toBe(build.head);
    expect(issue.progress.at(-1)).toBe(`issue/42-dark-mode is at its build ${build.head.slice(0, 8)}`);
  });

  it('restores the build from its bundle where it was not made', async () => {
    const { issue, build } = await built();
    const other = await onAnotherMachine(issue);
    expect(await other.git.resolveCommit(build.head)).toBeNull();
    expect(await checkout(other)).toEqual({ base: build.base, tree: build.tree });
    expect(other.git.refs.get(other.branchRef)).toBe(build.head);
    expect(other.git.filesIn(other.worktree).get('a.ts')).toBe('1');
    expect(other.git.refs.get(BUILT)).toBe(build.head);
    expect(other.requests).toEqual([]);
  });

  it('makes the merge of two blockers again where the build on it was not made', async () => {
    const projects = ['issue-42', 'issue-43', 'issue-44'];
    const agent: AgentScript = (request, fleet, asked) => writes(`${asked}.ts`)(request, fleet, asked);
    const addTwo = async (issue: StagedIssue): Promise<void> => {
      await addIssue(issue, '43');
      await addIssue(issue, '44', ['42', '43']);
    };
    const issue = await stageIssue({ agent });
    await addTwo(issue);
    const builds: Build[] = [];
    for (const project of projects) builds.push(await buildIssue(issue.settings.build, issue.context(WRITTEN, project)));
    const other = await stageIssue({ git: { bundles: issue.git.bundles } });
    await addTwo(other);
    for (const [index, project] of projects.entries()) {
      await other.host.artefacts.write(project, WRITTEN, 'build.json', JSON.stringify(builds[index]));
      expect(await checkoutBuild('claude', other.context(BUILD_TARGET, project))).toEqual({
        base: builds[index]?.base,
        tree: builds[index]?.tree,
      });
    }
    expect(other.git.refs.get('refs/heads/issue/44-issue-44')).toBe(builds[2]?.head);
  });

  it('moves an earlier build of its own to this one and keeps it under a ref', async () => {
    const { issue, build } = await built();
    const text = issue.out(WRITTEN, 'build.json') ?? '';
    const second = await buildIssue(issue.settings.build, issue.context(WRITTEN));
    await issue.host.artefacts.write('issue-42', WRITTEN, 'build.json', text);
    await checkout(issue);
    expect(issue.git.refs.get(issue.branchRef)).toBe(build.head);
    const kept = await issue.git.listRefs('refs/nx-fleet/trash/');
    expect(kept.map(({ commit }) => commit)).toEqual([build.head, second.head]);
  });

  it('keeps the commits that a person put on top', async () => {
    const { issue } = await built();
    const mine = await commitMine(issue);
    await checkout(issue);
    expect(issue.git.refs.get(issue.branchRef)).toBe(mine);
    expect(issue.progress.at(-1)).toBe('issue/42-dark-mode has further work on its build');
  });

  it.each([
    ['another message', { 'README.md': 'hello\n', 'a.ts': '1' }],
    ['other content', { 'README.md': 'hello\n', 'a.ts': 'mended' }],
  ])('keeps a build that a person gave %s', async (_, files) => {
    const { issue } = await built();
    const amended = issue.git.commit([issue.git.root], files, 'Amended');
    await issue.git.resetWorktree(issue.worktree, amended);
    await checkout(issue);
    expect(issue.git.refs.get(issue.branchRef)).toBe(amended);
  });

  it('refuses a branch that has gone another way, and leaves it', async () => {
    const { issue, build } = await built();
    const other = await onAnotherMachine(issue);
    const mine = await commitMine(other);
    await expect(checkout(other)).rejects.toThrow(`"issue/42-dark-mode" has gone another way than its build ${build.head.slice(0, 8)}.`);
    expect(other.git.refs.get(other.branchRef)).toBe(mine);
    expect(other.git.refs.has(BUILT)).toBe(false);
  });

  it('refuses a dirty worktree, and leaves it', async () => {
    const { issue } = await built();
    const other = await onAnotherMachine(issue);
    other.git.filesIn(other.worktree).set('README.md', 'mine');
    await expect(checkout(other)).rejects.toThrow(
      `"${other.worktree}" has uncommitted changes ("README.md"), which no cache key can cover.`,
    );
    expect(other.git.filesIn(other.worktree).get('README.md')).toBe('mine');
    expect(other.git.refs.get(other.branchRef)).toBe(other.git.root);
  });

  it('does not take the worktree from under a writer in another process', async () => {
    const { issue, build } = await built();
    const writer = { pid: 99, startedAt: '5' };
    const registry = {
      ...issue.host.registry,
      isAlive: async () => true,
      read: async () => (await issue.host.registry.read()).map((one) => ({ ...one, owner: writer })),
    };
    issue.git.refs.set('refs/nx-fleet/building/issue-42', build.base);
    issue.git.filesIn(issue.worktree).set('half.ts', '');
    const context = issue.context(BUILD_TARGET);
    await expect(checkoutBuild('claude', { ...context, host: { ...context.host, registry } })).rejects.toThrow(
      '"issue-42" is being built by process 99.',
    );
    expect(issue.git.filesIn(issue.worktree).has('half.ts')).toBe(true);
  });

  it.each([
    ['none', null, '"issue-42" has not been built by claude. Run: nx run issue-42:agent-build--claude'],
    ['half of one', '{"agent":"cl', 'is not a build of this version. Run: nx run issue-42:agent-build--claude'],
    [
      'one with a made-up head',
      JSON.stringify({ agent: 'claude', base: '--all', head: 'HEAD', tree: 'x', commits: [] }),
      'is not a build of this version.',
    ],
  ])('refuses %s as a build', async (_, text, message) => {
    const issue = await stageIssue();
    if (text !== null) await issue.host.artefacts.write('issue-42', WRITTEN, 'build.json', text);
    await expect(checkout(issue)).rejects.toThrow(message);
  });

  it("takes a branch with someone's work on it as it is, without any build", async () => {
    const issue = await stageIssue();
    const { host, git } = issue;
    const mine = await commitMine(issue);
    const manifest = await host.state.readManifest('issue-42');
    if (manifest === null) throw new Error('no manifest');
    await host.state.writeIssue('issue-42', { ...manifest, adopted: true }, '# Dark mode\n');
    const tree = await git.resolveTree(mine);
    expect(await checkout(issue)).toEqual({ base: manifest.base, tree });
    expect(JSON.parse(issue.out(BUILD_TARGET, 'checkout.json') ?? '')).toEqual({ base: manifest.base, tree });
    git.filesIn(issue.worktree).set('dirty.ts', '1');
    await expect(checkout(issue)).rejects.toThrow('uncommitted changes');
  });
});
