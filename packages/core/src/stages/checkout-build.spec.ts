import { UserError } from '../errors/user-error.js';
import { createFakeGit } from '../git/fake-git.js';
import { buildIssue } from './build-issue.js';
import type { Checkout } from './checkout-artefact.js';
import { checkoutBuild } from './checkout-build.js';
import type { Build } from './build-artefact.js';
import { addIssue, BUILD_TARGET, stageIssue, writes, WRITTEN, type AgentScript, type StagedIssue } from './staged-issue.contract.js';

const ANEW = 'If it came from a shared cache, it was forged or damaged there. Make it anew: nx run issue-42:agent-review --skip-nx-cache';
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
    expect(issue.progress).toContain('issue/42-dark-mode has further work on its build');
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
      '"issue-42" is being worked on by process 99.',
    );
    expect(issue.git.filesIn(issue.worktree).has('half.ts')).toBe(true);
  });

  it.each([
    ['none', null, '"issue-42" has not been built by claude. Run: nx run issue-42:agent-build--claude'],
    ['half of one', '{"agent":"cl', 'is not a build by claude of this version. Run: nx run issue-42:agent-build--claude'],
    [
      'one with a made-up head',
      JSON.stringify({ agent: 'claude', base: '--all', head: 'HEAD', tree: 'x', commits: [] }),
      'is not a build by claude of this version.',
    ],
    [
      'one by another writer',
      JSON.stringify({ agent: 'codex', base: 'a'.repeat(40), head: 'a'.repeat(40), tree: 'a'.repeat(40), commits: [] }),
      'is not a build by claude of this version.',
    ],
  ])('refuses %s as a build', async (_, text, message) => {
    const issue = await stageIssue();
    if (text !== null) await issue.host.artefacts.write('issue-42', WRITTEN, 'build.json', text);
    await expect(checkout(issue)).rejects.toThrow(message);
  });

  describe('of a stored build', () => {
    type Forgery = (build: Build, other: StagedIssue) => Build | Promise<Build>;

    async function expectRefusal(forge: Forgery, reason: (build: Build) => string): Promise<void> {
      const { issue, build } = await built();
      const other = await onAnotherMachine(issue);
      const forged = await forge(build, other);
      await other.host.artefacts.write('issue-42', WRITTEN, 'build.json', JSON.stringify(forged));
      const refused = checkout(other);
      await expect(refused).rejects.toBeInstanceOf(UserError);
      await expect(refused).rejects.toThrow(`The stored build by claude of "issue-42" is not taken: ${reason(forged)}. ${ANEW}`);
      expect(other.git.refs.get(other.branchRef)).toBe(other.git.root);
      expect(other.out(BUILD_TARGET, 'checkout.json')).toBeNull();
    }

    const bundleOf = ({ host }: StagedIssue): string => `${host.artefacts.directory('issue-42', WRITTEN)}/branch.bundle`;
    const short = (commit: string): string => commit.slice(0, 8);

    it('takes none whose head holds other files than it says', () =>
      expectRefusal(
        async (build, { git }) => ({ ...build, tree: (await git.resolveTree(git.commit([], { 'a.ts': 'good' }, 'Good'))) ?? '' }),
        ({ head }) => `its head ${short(head)} holds other files than it says`,
      ));

    it('takes none from another commit than the issue: a part of the work would be in no diff', () =>
      expectRefusal(
        (build) => ({ ...build, base: build.head }),
        ({ base }) => `it starts from ${short(base)}, and the issue from ${short(createFakeGit().root)}`,
      ));

    it('takes none whose head does not build on its base', () =>
      expectRefusal(
        async (build, { git }) => {
          const head = git.commit([], { 'a.ts': '1' }, 'Alone');
          return { ...build, head, tree: (await git.resolveTree(head)) ?? '' };
        },
        ({ head, base }) => `its head ${short(head)} does not build on ${short(base)}`,
      ));

    it('takes none whose bundle holds something else, or is none', async () => {
      await expectRefusal(
        (build, other) => {
          other.git.bundles.set(bundleOf(other), []);
          return build;
        },
        ({ head }) => `its branch.bundle does not hold its head ${short(head)}`,
      );
      await expectRefusal(
        (build, other) => {
          other.git.bundles.delete(bundleOf(other));
          return build;
        },
        () => 'its branch.bundle cannot be read',
      );
    });

    it('says which commit is missing here, where the bundle is sound', async () => {
      const { issue } = await built();
      const other = await onAnotherMachine(issue);
      const context = other.context(BUILD_TARGET);
      const missing = new UserError('This repository lacks commit abc.');
      const fetchBundle = (): Promise<void> => Promise.reject(missing);
      await expect(checkoutBuild('claude', { ...context, git: { ...context.git, fetchBundle } })).rejects.toBe(missing);
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
    expect(await checkout(issue)).toEqual({ base: manifest.base, tree });
    expect(JSON.parse(issue.out(BUILD_TARGET, 'checkout.json') ?? '')).toEqual({ base: manifest.base, tree });
    git.filesIn(issue.worktree).set('dirty.ts', '1');
    await expect(checkout(issue)).rejects.toThrow('uncommitted changes');
  });
});
