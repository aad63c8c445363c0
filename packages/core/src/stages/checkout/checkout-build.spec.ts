import { UserError } from '../../errors/user-error.js';
import { buildIssue, type Built } from '../build/build-issue.js';
import type { Checkout } from '../../branch/checkout-artifact.js';
import { checkoutBuild } from './checkout-build.js';
import type { Build } from '../build/build-artifact.js';
import {
  addIssue,
  BUILD_TARGET,
  stageIssue,
  storeApproved,
  writes,
  WRITTEN,
  type AgentScript,
  type StagedIssue,
} from '../../stage/staged-issue.contract.js';

const ANEW = 'If it came from a shared cache, it was forged or damaged there. Run it again: nx run issue-42:agent-review --skip-nx-cache';
const BUILT = 'refs/nx-fleet/built/issue-42';

async function built(): Promise<{ readonly issue: StagedIssue; readonly build: Built }> {
  const issue = await stageIssue({ agent: writes('a.ts') });
  return { issue, build: await buildIssue(issue.settings.build, issue.context(WRITTEN)) };
}

async function checkout(issue: StagedIssue): Promise<Checkout> {
  return checkoutBuild('claude', issue.context(BUILD_TARGET));
}

/** Another machine that has the first one's artifacts and nothing of its history. */
async function onAnotherMachine(issue: StagedIssue): Promise<StagedIssue> {
  const other = await stageIssue({ git: { bundles: issue.git.bundles } });
  await other.host.artifacts.write('issue-42', WRITTEN, 'build.json', issue.out(WRITTEN, 'build.json') ?? '');
  return other;
}

async function commitMine({ git, worktree }: StagedIssue): Promise<string> {
  git.filesIn(worktree).set('mine.ts', '1');
  return (await git.commitAll(worktree, 'Mine')) ?? '';
}

describe('checkoutBuild', () => {
  it('changes nothing and says nothing where the build was made', async () => {
    const { issue, build } = await built();
    const { baseTree, tree, head } = build;
    const said = [...issue.progress];
    expect(await checkout(issue)).toEqual({ baseTree, tree, base: issue.git.root, head, build: tree });
    expect(JSON.parse(issue.out(BUILD_TARGET, 'checkout.json') ?? '')).toEqual({ baseTree, tree });
    expect(issue.git.refs.get(issue.branchRef)).toBe(build.head);
    expect(issue.progress).toEqual(said);
  });

  it('restores the build from its bundle where it was not made', async () => {
    const { issue, build } = await built();
    const other = await onAnotherMachine(issue);
    expect(await other.git.resolveCommit(build.head)).toBeNull();
    expect(await checkout(other)).toMatchObject({ base: other.git.root, tree: build.tree });
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
    const builds: Built[] = [];
    for (const project of projects) {
      builds.push(await buildIssue(issue.settings.build, issue.context(WRITTEN, project)));
      await storeApproved(issue, project);
    }
    const other = await stageIssue({ git: { bundles: issue.git.bundles } });
    await addTwo(other);
    for (const [index, project] of projects.entries()) {
      const { head: _, ...stored } = builds[index] as Built;
      await other.host.artifacts.write(project, WRITTEN, 'build.json', JSON.stringify(stored));
      const { baseTree, tree } = stored;
      expect(await checkoutBuild('claude', other.context(BUILD_TARGET, project))).toMatchObject({ baseTree, tree });
      await storeApproved(other, project);
    }
    expect(other.git.refs.get('refs/heads/issue/44-issue-44')).toBe(builds[2]?.head);
  });

  it('moves an earlier build of its own to this one and keeps it under a ref', async () => {
    const { issue, build } = await built();
    const text = issue.out(WRITTEN, 'build.json') ?? '';
    const bundles = [...issue.git.bundles];
    const second = await buildIssue(issue.settings.build, issue.context(WRITTEN));
    await issue.host.artifacts.write('issue-42', WRITTEN, 'build.json', text);
    for (const [file, commits] of bundles) issue.git.bundles.set(file, commits);
    await checkout(issue);
    expect(issue.git.refs.get(issue.branchRef)).toBe(build.head);
    const kept = await issue.git.listRefs('refs/nx-fleet/backup/');
    expect(kept.map(({ commit }) => commit)).toEqual([build.head, second.head]);
  });

  it('keeps the commits that a person put on top', async () => {
    const { issue } = await built();
    const mine = await commitMine(issue);
    await checkout(issue);
    expect(issue.git.refs.get(issue.branchRef)).toBe(mine);
    expect(issue.progress).toContain('issue/42-dark-mode has further work on its build');
  });

  it.each([
    ['another message', { 'README.md': 'hello\n', 'a.ts': '1' }],
    ['other content', { 'README.md': 'hello\n', 'a.ts': 'fixed' }],
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
    await expect(checkout(other)).rejects.toThrow(`"issue/42-dark-mode" has diverged from its build ${build.head.slice(0, 8)}.`);
    expect(other.git.refs.get(other.branchRef)).toBe(mine);
    expect(other.git.refs.has(BUILT)).toBe(false);
  });

  describe('where the issue starts from another commit than before', () => {
    const waits = 'refs/heads/issue/43-issue-43';
    const bring = (issue: StagedIssue): Promise<Checkout> => checkoutBuild('claude', issue.context(BUILD_TARGET, 'issue-43'));
    const rebuild = (issue: StagedIssue): Promise<Built> =>
      buildIssue(issue.settings.build, { ...issue.context(WRITTEN, 'issue-43'), recipe: 'the same' });

    /** An issue that was built on another one's head, with a person's commit on top. */
    async function stacked(): Promise<StagedIssue> {
      const issue = await stageIssue({ agent: (request, fleet, asked) => writes(`${asked}.ts`)(request, fleet, asked) });
      await addIssue(issue, '43', ['42']);
      await buildIssue(issue.settings.build, issue.context(WRITTEN));
      await storeApproved(issue, 'issue-42');
      await rebuild(issue);
      await bring(issue);
      const { worktree } = (await issue.host.state.readLocal('issue-43')) ?? { worktree: '' };
      issue.git.filesIn(worktree).set('mine.ts', '1');
      await issue.git.commitAll(worktree, 'Mine');
      return issue;
    }

    const filesOf = (issue: StagedIssue): readonly string[] => Object.keys(issue.git.filesOf(waits)).sort();

    it('moves the build over with all that stands on it, and keeps the earlier head', async () => {
      const issue = await stacked();
      const tip = issue.git.refs.get(waits);
      issue.git.filesIn(issue.worktree).set('later.ts', '');
      await issue.git.commitAll(issue.worktree, 'Later');
      await storeApproved(issue, 'issue-42');
      const { head } = await rebuild(issue);
      const { base } = await bring(issue);
      expect(base).toBe(issue.git.refs.get(issue.branchRef));
      expect(await issue.git.isAncestor(head, waits)).toBe(true);
      expect(filesOf(issue)).toEqual(['1.ts', '2.ts', 'README.md', 'later.ts', 'mine.ts']);
      expect((await issue.git.listRefs('refs/nx-fleet/backup/issue-43/')).map(({ commit }) => commit)).toEqual([tip]);
      await bring(issue);
      expect(await issue.git.listRefs('refs/nx-fleet/backup/issue-43/')).toHaveLength(1);
    });

    it('takes a build from equal files as it is: only the commit below has another name', async () => {
      const issue = await stacked();
      const before = filesOf(issue);
      const amended = issue.git.commit([issue.git.root], issue.git.filesOf(issue.branchRef), 'Another message');
      await issue.git.resetWorktree(issue.worktree, amended);
      await storeApproved(issue, 'issue-42');
      expect((await bring(issue)).base).toBe(amended);
      expect(await issue.git.isAncestor(amended, waits)).toBe(true);
      expect(filesOf(issue)).toEqual(before);
    });

    it("refuses to move a person's commits that do not fit there, and says how", async () => {
      const issue = await stacked();
      const tip = issue.git.refs.get(waits);
      issue.git.filesIn(issue.worktree).set('mine.ts', 'theirs');
      await issue.git.commitAll(issue.worktree, 'Later');
      await storeApproved(issue, 'issue-42');
      await rebuild(issue);
      await expect(bring(issue)).rejects.toThrow('its commits do not fit there ("mine.ts"). Move them by hand, then run again: git -C');
      expect(issue.git.refs.get(waits)).toBe(tip);
    });
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
    const { issue } = await built();
    const writer = { pid: 99, startedAt: '5' };
    const registry = {
      ...issue.host.registry,
      isAlive: async () => true,
      read: async () => (await issue.host.registry.read()).map((one) => ({ ...one, owner: writer })),
    };
    issue.git.refs.set('refs/nx-fleet/building/issue-42', issue.git.root);
    issue.git.filesIn(issue.worktree).set('half.ts', '');
    const cancelled = new AbortController();
    const context = { ...issue.context(BUILD_TARGET), signal: cancelled.signal, sleep: async () => cancelled.abort() };
    await expect(checkoutBuild('claude', { ...context, host: { ...context.host, registry } })).rejects.toThrow(
      '"issue-42" is being worked on by process 99.',
    );
    expect(issue.git.filesIn(issue.worktree).has('half.ts')).toBe(true);
  });

  it.each([
    ['none', null, '"issue-42" has no build by claude of this version. Run: nx run issue-42:agent-build--claude'],
    ['half of one', '{"agent":"cl', 'has no build by claude of this version. Run: nx run issue-42:agent-build--claude'],
    [
      'one with made-up trees',
      JSON.stringify({ agent: 'claude', baseTree: '--all', tree: 'x', commits: [] }),
      'has no build by claude of this version.',
    ],
    [
      'one by another writer',
      JSON.stringify({ agent: 'codex', baseTree: 'a'.repeat(40), tree: 'a'.repeat(40), commits: [] }),
      'has no build by claude of this version.',
    ],
  ])('refuses %s as a build', async (_, text, message) => {
    const issue = await stageIssue();
    if (text !== null) await issue.host.artifacts.write('issue-42', WRITTEN, 'build.json', text);
    await expect(checkout(issue)).rejects.toThrow(message);
  });

  describe('of a stored build', () => {
    type Forgery = (build: Build, other: StagedIssue) => Build | Promise<Build>;

    async function expectRefusal(forge: Forgery, reason: (build: Build) => string): Promise<void> {
      const { issue } = await built();
      const other = await onAnotherMachine(issue);
      start = (await other.git.resolveTree(other.git.root)) ?? '';
      const forged = await forge(JSON.parse(issue.out(WRITTEN, 'build.json') ?? '') as Build, other);
      await other.host.artifacts.write('issue-42', WRITTEN, 'build.json', JSON.stringify(forged));
      const refused = checkout(other);
      await expect(refused).rejects.toBeInstanceOf(UserError);
      await expect(refused).rejects.toThrow(`Rejected the stored build by claude of "issue-42": ${reason(forged)}. ${ANEW}`);
      expect(other.git.refs.get(other.branchRef)).toBe(other.git.root);
      expect(other.out(BUILD_TARGET, 'checkout.json')).toBeNull();
    }

    const bundleOf = ({ host }: StagedIssue): string => `${host.artifacts.directory('issue-42', WRITTEN)}/branch.bundle`;
    const short = (tree: string): string => tree.slice(0, 8);
    let start = '';

    it('takes none whose bundle holds other files than it says', () =>
      expectRefusal(
        async (build, { git }) => ({ ...build, tree: (await git.resolveTree(git.commit([], { 'a.ts': 'good' }, 'Good'))) ?? '' }),
        () => 'its branch.bundle holds other files than it says',
      ));

    it('takes none from other files than the issue: a part of the work would be in no diff', () =>
      expectRefusal(
        (build) => ({ ...build, baseTree: build.tree }),
        ({ baseTree }) => `it starts from ${short(baseTree)}, and the issue from ${short(start)}`,
      ));

    it('takes none whose bundle builds on something else, or is none', async () => {
      await expectRefusal(
        (build, other) => {
          other.git.bundles.set(bundleOf(other), [{ parents: [], files: { 'b.ts': '' }, subject: 'Start' }]);
          return build;
        },
        () => 'its branch.bundle cannot be read',
      );
      await expectRefusal(
        (build, other) => {
          other.git.bundles.delete(bundleOf(other));
          return build;
        },
        () => 'its branch.bundle cannot be read',
      );
    });
  });

  it("takes a branch with someone's work on it as it is, without any build", async () => {
    const issue = await stageIssue();
    const { host, git } = issue;
    const mine = await commitMine(issue);
    const manifest = await host.state.readManifest('issue-42');
    if (manifest === null) throw new Error('no manifest');
    await host.state.writeIssue('issue-42', { ...manifest, adopted: true }, '# Dark mode\n');
    const tree = await git.resolveTree(mine);
    expect(await checkout(issue)).toMatchObject({ base: manifest.base, tree, build: null });
    git.filesIn(issue.worktree).set('dirty.ts', '1');
    await expect(checkout(issue)).rejects.toThrow('uncommitted changes');
  });
});
