import { findMerge, type Merge } from './commits-at-risk.js';
import { createFakeFleet, type FakeFleet, planInFleet } from './fleet.contract.js';
import type { PullRequest } from '../tracker/tracker.js';

const files = { 'README.md': 'hello\n' };

function aPullRequest(change: Partial<PullRequest> = {}): PullRequest {
  return {
    number: 7,
    title: 'Dark mode',
    body: '',
    url: 'https://example.com/7',
    state: 'merged',
    branch: 'issue/42-dark-mode',
    head: '',
    baseBranch: 'main',
    isFork: false,
    ref: 'refs/pull/7/head',
    ...change,
  };
}

interface Question {
  readonly tip: string;
  readonly into?: string | null;
  readonly pullRequests?: readonly PullRequest[] | null;
  readonly adopted?: true;
}

async function find(fleet: FakeFleet, { tip, into = 'origin/main', pullRequests, adopted }: Question): Promise<Merge | null> {
  const { manifest } = await planInFleet(fleet);
  const adapters = pullRequests === undefined ? fleet : { ...fleet, pullRequestsOf: async () => pullRequests };
  return findMerge({ manifest: { ...manifest, ...(adopted === undefined ? {} : { adopted }) }, tip, into }, adapters);
}

/** A commit with work on the base, and the default branch with other work of its own. */
function withWork(): { readonly fleet: FakeFleet; readonly tip: string; readonly main: string } {
  const fleet = createFakeFleet();
  const { git } = fleet;
  const tip = git.commit([git.root], { ...files, 'a.ts': '1' }, 'Work');
  const main = git.commit([git.root], { ...files, 'b.ts': '2' }, 'Other');
  git.refs.set('refs/remotes/origin/main', main);
  return { fleet, tip, main };
}

describe('findMerge', () => {
  it('calls no branch merged that has no work of its own, however far the default branch has gone', async () => {
    const { fleet } = withWork();
    expect(await find(fleet, { tip: fleet.git.root })).toBeNull();
  });

  it('calls an adopted branch merged that the default branch has, though it stands at its base', async () => {
    const { fleet } = withWork();
    expect(await find(fleet, { tip: fleet.git.root, adopted: true })).toEqual({ kind: 'ancestor', into: 'origin/main' });
  });

  it('finds commits that the default branch has', async () => {
    const { fleet, tip, main } = withWork();
    const merge = fleet.git.commit([main, tip], { ...files, 'a.ts': '1', 'b.ts': '2' }, 'Merge');
    fleet.git.refs.set('refs/remotes/origin/main', merge);
    expect(await find(fleet, { tip })).toEqual({ kind: 'ancestor', into: 'origin/main' });
  });

  it('finds a change that came in as another commit: squashed or rebased', async () => {
    const { fleet, tip, main } = withWork();
    fleet.git.refs.set('refs/remotes/origin/main', fleet.git.commit([main], { ...files, 'a.ts': '1', 'b.ts': '2' }, 'Work (#7)'));
    expect(await find(fleet, { tip })).toEqual({ kind: 'equivalent', into: 'origin/main' });
  });

  it('finds nothing where the change is in no default branch, or that is unknown', async () => {
    const { fleet, tip } = withWork();
    expect(await find(fleet, { tip })).toBeNull();
    expect(await find(fleet, { tip, into: null })).toBeNull();
    expect(await find(fleet, { tip, pullRequests: null })).toBeNull();
  });

  it('believes a merged pull request whose head is the tip, or has it', async () => {
    const { fleet, tip } = withWork();
    const later = fleet.git.commit([tip], { ...files, 'a.ts': '2' }, 'Pushed from elsewhere');
    for (const head of [tip, later]) {
      const pullRequest = aPullRequest({ head });
      expect(await find(fleet, { tip, pullRequests: [pullRequest] })).toEqual({ kind: 'pull-request', pullRequest });
    }
  });

  it.each<readonly [string, (fleet: FakeFleet, tip: string) => PullRequest]>([
    ['that was merged before the last commit', ({ git }) => aPullRequest({ head: git.root })],
    ['whose head is not here', () => aPullRequest({ head: 'f'.repeat(40) })],
    ['that was closed', (_, tip) => aPullRequest({ head: tip, state: 'closed' })],
  ])('believes no pull request %s', async (_, make) => {
    const { fleet, tip } = withWork();
    expect(await find(fleet, { tip, pullRequests: [make(fleet, tip)] })).toBeNull();
  });

  it('calls a branch open that has an open pull request, whatever else is merged', async () => {
    const { fleet, tip } = withWork();
    fleet.git.refs.set('refs/remotes/origin/main', tip);
    const open = aPullRequest({ number: 8, state: 'open', head: tip });
    expect(await find(fleet, { tip, pullRequests: [aPullRequest({ head: tip }), open] })).toEqual({ kind: 'open', pullRequest: open });
  });
});
