import { type Git, type Manifest, type PullRequest, UserError } from '@nx-fleet/core';
import { type BranchQuestion, decideBranch, resolveBase } from './decide-branch.js';

interface World {
  /** Commits by ref. */
  readonly refs?: Readonly<Record<string, string>>;
  /** What `origin` answers, by ref. */
  readonly origin?: Readonly<Record<string, string>>;
  readonly mergeBase?: string | null;
  /** Pairs `ancestor descendant`. */
  readonly ancestors?: readonly string[];
  readonly current?: string | null;
}

function gitOf({ refs = {}, origin = {}, mergeBase = 'base', ancestors = [], current = null }: World): Git {
  return {
    isBranchName: async (name: string) => !name.startsWith('-'),
    readRef: async (ref: string) => refs[ref] ?? null,
    mergeBase: async () => mergeBase,
    isAncestor: async (one: string, other: string) => one === other || ancestors.includes(`${one} ${other}`),
    currentBranch: async () => current,
    fetchFromOrigin: async (ref: string) => {
      const commit = origin[ref];
      if (commit === undefined) throw new UserError(`"${ref}" is not in "origin".`);
      return commit;
    },
  } as unknown as Git;
}

const question: BranchQuestion = {
  branch: undefined,
  base: 'main1',
  isBaseGiven: false,
  pullRequest: undefined,
  existing: undefined,
  here: undefined,
};
const pullRequest: PullRequest = {
  number: 12,
  title: 'Fix',
  body: '',
  url: 'https://example.com/12',
  state: 'open',
  branch: 'fix',
  head: 'head1',
  baseBranch: 'main',
  isFork: false,
  ref: 'refs/pull/12/head',
};
const manifest = { branch: 'issue/42', base: 'old' } as unknown as Manifest;

describe('the branch of an issue', () => {
  it('is its own, from the base, unless something else is said', async () => {
    expect(await decideBranch(question, gitOf({}))).toEqual({ branch: undefined, base: 'main1', adopts: undefined });
  });

  it.each([
    ['here', 'refs/heads/theirs'],
    ['at origin only', 'refs/remotes/origin/theirs'],
  ])('is taken over with the work on it when it is named and stands %s', async (_, ref) => {
    const git = gitOf({ refs: { [ref]: 'tip1' } });
    expect(await decideBranch({ ...question, branch: 'theirs' }, git)).toEqual({ branch: 'theirs', base: 'base', adopts: 'tip1' });
    const given = await decideBranch({ ...question, branch: 'theirs', isBaseGiven: true }, git);
    expect(given).toEqual({ branch: 'theirs', base: 'main1', adopts: 'tip1' });
  });

  it('is a new one when it is named and nobody has it, or git would not take it', async () => {
    for (const branch of ['new', '-f']) {
      expect(await decideBranch({ ...question, branch }, gitOf({ refs: { 'refs/heads/-f': 'x' } }))).toMatchObject({
        branch,
        adopts: undefined,
      });
    }
  });

  it('holds no work where it has nothing that the base has not', async () => {
    const git = gitOf({ refs: { 'refs/heads/theirs': 'tip1' }, mergeBase: 'tip1' });
    expect(await decideBranch({ ...question, branch: 'theirs' }, git)).toEqual({ branch: 'theirs', base: 'tip1', adopts: undefined });
  });

  it('stays what an earlier command has decided', async () => {
    const git = gitOf({ refs: { 'refs/heads/issue/42': 'tip1' } });
    expect(await decideBranch({ ...question, existing: manifest }, git)).toEqual({ branch: undefined, base: 'main1', adopts: undefined });
  });

  it('is still taken over at its end when the first command was killed before it was here', async () => {
    const existing: Manifest = { ...manifest, branch: 'theirs', adopted: true };
    const git = gitOf({ refs: { 'refs/remotes/origin/theirs': 'tip1' } });
    expect(await decideBranch({ ...question, existing }, git)).toMatchObject({ adopts: 'tip1' });
  });
});

describe('the branch of a pull request', () => {
  const origin = { 'refs/pull/12/head': 'head1', 'refs/heads/main': 'main2' };

  it('is its own, at its head, from where it left the branch that it goes into', async () => {
    expect(await decideBranch({ ...question, pullRequest }, gitOf({ origin }))).toEqual({ branch: 'fix', base: 'base', adopts: 'head1' });
  });

  it('has a name of its own when it comes from a fork', async () => {
    const fork = { ...pullRequest, isFork: true };
    expect(await decideBranch({ ...question, pullRequest: fork }, gitOf({ origin }))).toMatchObject({ branch: 'pr-12/fix' });
  });

  it('may be further here, and not behind', async () => {
    const refs = { 'refs/heads/fix': 'mine1' };
    const ahead = gitOf({ origin, refs, ancestors: ['head1 mine1'] });
    expect(await decideBranch({ ...question, pullRequest }, ahead)).toMatchObject({ branch: 'fix', adopts: 'mine1' });
    await expect(decideBranch({ ...question, pullRequest }, gitOf({ origin, refs }))).rejects.toThrow(
      'Branch "fix" lacks the head of pull request 12 (head1). Update it, or rename it: git branch -m fix mine',
    );
  });

  it('stays where it is when it was taken over before', async () => {
    const git = gitOf({ origin, refs: { 'refs/heads/fix': 'mine1' } });
    const existing: Manifest = { ...manifest, branch: 'fix', adopted: true };
    expect(await decideBranch({ ...question, pullRequest, existing }, git)).toMatchObject({ branch: 'fix', adopts: 'mine1' });
  });

  it('needs a commit in common, unless the base is given', async () => {
    const git = gitOf({ origin, mergeBase: null });
    await expect(decideBranch({ ...question, pullRequest }, git)).rejects.toThrow('Pull request 12 has no commit in common with "main".');
    expect(await decideBranch({ ...question, pullRequest, isBaseGiven: true }, git)).toMatchObject({ base: 'main1' });
  });
});

describe('the branch of a checkout in use', () => {
  const here = '/ci';

  it('is the one that is checked out', async () => {
    const git = gitOf({ current: 'fix', refs: { 'refs/heads/fix': 'tip1' } });
    expect(await decideBranch({ ...question, here }, git)).toEqual({ branch: 'fix', base: 'base', adopts: undefined });
    expect(await decideBranch({ ...question, here, branch: 'fix' }, git)).toMatchObject({ adopts: 'tip1' });
  });

  it.each([
    ['another is named', 'fix', '"/ci" is on "fix", not on "other". Switch to it first, or leave --branch out.'],
    ['none is', null, '"/ci" is on a detached HEAD.'],
  ])('is refused when %s', async (_, current, message) => {
    await expect(decideBranch({ ...question, here, branch: 'other' }, gitOf({ current }))).rejects.toThrow(message);
  });
});

/** Git that knows these revisions and this default branch. */
function git(commits: Readonly<Record<string, string>>, defaultBranch: string | null): Git {
  return {
    resolveCommit: async (revision: string) => commits[revision] ?? null,
    defaultBranch: async () => defaultBranch,
  } as unknown as Git;
}
const request = { base: undefined, defaultBase: undefined, manifests: [] };

describe('the commit to start from', () => {
  it('is the given one, and no other when that does not exist', async () => {
    const repository = git({ HEAD: 'h', 'origin/main': 'm', v1: 'one' }, 'origin/main');
    await expect(resolveBase({ ...request, base: 'v1' }, repository)).resolves.toBe('one');
    await expect(resolveBase({ ...request, base: 'v2' }, repository)).rejects.toThrow('"v2" is not a commit');
  });

  it('is the default branch that git knows, before what nx.json says', async () => {
    const repository = git({ HEAD: 'h', 'origin/trunk': 't', main: 'm' }, 'origin/trunk');
    await expect(resolveBase({ ...request, defaultBase: 'main' }, repository)).resolves.toBe('t');
  });

  it("is the remote's branch that nx.json names, when git does not know", async () => {
    await expect(resolveBase({ ...request, defaultBase: 'main' }, git({ HEAD: 'h', 'origin/main': 'o', main: 'm' }, null))).resolves.toBe(
      'o',
    );
    await expect(resolveBase({ ...request, defaultBase: 'main' }, git({ HEAD: 'h', main: 'm' }, null))).resolves.toBe('m');
  });

  it('is never guessed', async () => {
    await expect(resolveBase(request, git({ HEAD: 'h', main: 'm' }, null))).rejects.toThrow('The default branch is unknown');
    await expect(resolveBase(request, git({}, null))).rejects.toThrow('Make a first commit');
  });
});
