import type { ChangedFile, Git, MergeOutcome, RepositoryLocation, WorktreeEntry } from './git.js';

type Files = Readonly<Record<string, string>>;
interface FakeCommit {
  readonly parents: readonly string[];
  readonly tree: string;
  readonly subject: string;
}
interface FakeWorktree {
  branch: string | null;
  head: string;
  locked: boolean;
  readonly files: Map<string, string>;
}

export interface FakeGitOptions {
  /** Files of the first commit, which `main` and `origin/main` stand at. @default one README.md */
  readonly files?: Files;
  /** Paths that git ignores. @default ['.env.local'] */
  readonly ignored?: readonly string[];
  /** Bundles by file: give the map of another repository to share them. */
  readonly bundles?: Map<string, ReadonlyMap<string, FakeCommit>>;
}

/** `Git` in memory. Equal histories have equal ids. */
export interface FakeGit extends Git {
  readonly location: RepositoryLocation;
  /** The first commit. */
  readonly root: string;
  readonly refs: Map<string, string>;
  readonly bundles: Map<string, ReadonlyMap<string, FakeCommit>>;
  /** Files of a worktree or a snapshot: what is not in its commit is dirty. */
  filesIn(directory: string): Map<string, string>;
  filesOf(revision: string): Files;
  /** Makes a commit that no branch has. */
  commit(parents: readonly string[], files: Files, subject: string): string;
  setWorktree(path: string, change: Partial<Pick<FakeWorktree, 'branch' | 'locked'>>): void;
  /** Directories of snapshots that were not removed. */
  snapshots(): readonly string[];
}

/** A repository `/repo` in memory, for specs. Its trees and bundles are shared by nothing else. */
export function createFakeGit(options: FakeGitOptions = {}): FakeGit {
  const trees = new Map<string, Files>();
  const commits = new Map<string, FakeCommit>();
  const refs = new Map<string, string>();
  const worktrees = new Map<string, FakeWorktree>();
  const snapshots = new Map<string, Map<string, string>>();
  const bundles = options.bundles ?? new Map<string, ReadonlyMap<string, FakeCommit>>();
  const location = { mainWorktree: '/repo', currentWorktree: '/repo', commonDirectory: '/repo/.git' };

  const storeTree = (files: Files): string => {
    const sorted = Object.fromEntries(Object.entries(files).sort(([one], [other]) => (one < other ? -1 : 1)));
    const id = objectId('tree', sorted);
    trees.set(id, sorted);
    return id;
  };
  const commit = (parents: readonly string[], files: Files, subject: string): string => {
    const made = { parents, tree: storeTree(files), subject };
    const id = objectId('commit', made);
    commits.set(id, made);
    return id;
  };
  const resolve = (revision: string): string | null => {
    const id = refs.get(revision) ?? refs.get(`refs/heads/${revision}`) ?? refs.get(`refs/remotes/${revision}`) ?? revision;
    return commits.has(id) ? id : null;
  };
  const required = (revision: string): FakeCommit & { readonly id: string } => {
    const id = resolve(revision);
    const found = id === null ? undefined : commits.get(id);
    if (id === null || found === undefined) throw new Error(`fake git knows no commit "${revision}"`);
    return { id, ...found };
  };
  const ancestors = (revision: string): Set<string> => {
    const seen = new Set<string>();
    const visit = (id: string): void => {
      if (seen.has(id)) return;
      seen.add(id);
      commits.get(id)?.parents.forEach(visit);
    };
    visit(required(revision).id);
    return seen;
  };
  const treeOf = (revision: string): string | null =>
    trees.has(revision) ? revision : (commits.get(resolve(revision) ?? '')?.tree ?? null);
  const filesOf = (revision: string): Files => {
    const tree = treeOf(revision);
    if (tree === null) throw new Error(`fake git knows no tree "${revision}"`);
    return trees.get(tree) ?? {};
  };
  const requiredWorktree = (path: string): FakeWorktree => {
    const found = worktrees.get(path);
    if (found === undefined) throw new Error(`fake git knows no worktree "${path}"`);
    return found;
  };
  const headOf = ({ branch, head }: FakeWorktree): string => (branch === null ? head : (refs.get(`refs/heads/${branch}`) ?? head));
  const fill = (path: string): void => replace(requiredWorktree(path).files, filesOf(headOf(requiredWorktree(path))));
  const changes = (before: Files, after: Files): readonly ChangedFile[] =>
    [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .filter((path) => before[path] !== after[path])
      .sort()
      .map((path) => ({ path, kind: !(path in before) ? 'added' : !(path in after) ? 'deleted' : 'modified', binary: false }));
  const commitWorktree = (path: string, subject: string): string => {
    const worktree = requiredWorktree(path);
    return commit([headOf(worktree)], Object.fromEntries(worktree.files), subject);
  };
  const setHead = (path: string, id: string): void => {
    const worktree = requiredWorktree(path);
    worktree.head = id;
    if (worktree.branch !== null) refs.set(`refs/heads/${worktree.branch}`, id);
  };
  const merge = (ours: string, theirs: string, message: string): MergeOutcome => {
    const mine = ancestors(ours);
    const shared = [...ancestors(theirs)].find((id) => mine.has(id));
    const base = shared === undefined ? {} : filesOf(shared);
    const [one, other] = [filesOf(ours), filesOf(theirs)];
    const files = changes(base, one)
      .map(({ path }) => path)
      .filter((path) => base[path] !== other[path] && one[path] !== other[path]);
    if (files.length > 0) return { kind: 'conflict', files };
    const merged = new Map(Object.entries(other));
    for (const { path } of changes(base, one)) set(merged, path, one[path]);
    return { kind: 'merged', commit: commit([ours, theirs], Object.fromEntries(merged), message) };
  };

  const root = commit([], options.files ?? { 'README.md': 'hello\n' }, 'Start');
  refs.set('refs/heads/main', root).set('refs/remotes/origin/main', root);
  return {
    location,
    root,
    refs,
    bundles,
    filesOf,
    commit,
    filesIn: (directory) => snapshots.get(directory) ?? requiredWorktree(directory).files,
    setWorktree: (path, change) => void Object.assign(requiredWorktree(path), change),
    snapshots: () => [...snapshots.keys()],
    locate: async () => location,
    resolveCommit: async (revision) => resolve(revision),
    resolveTree: async (revision) => treeOf(revision),
    defaultBranch: async () => 'origin/main',
    remoteUrl: async () => null,
    isBranchName: async (branch) => /^(?!-)[\w./-]+$/.test(branch) && !branch.includes('..'),
    isAncestor: async (ancestor, descendant) => ancestors(descendant).has(required(ancestor).id),
    log: async (base, head) => {
      const known = ancestors(base);
      return [...ancestors(head)]
        .filter((id) => !known.has(id))
        .reverse()
        .map((id) => ({ id, subject: required(id).subject, author: 'Ada' }));
    },
    remoteBranchesWith: async (id) =>
      [...refs]
        .filter(([ref, tip]) => ref.startsWith('refs/remotes/') && ancestors(tip).has(id))
        .map(([ref]) => ref.slice('refs/remotes/'.length)),
    listWorktrees: async () => [
      { path: location.mainWorktree, head: root, branch: 'main', locked: false },
      ...[...worktrees].map(([path, entry]): WorktreeEntry => ({ path, head: headOf(entry), branch: entry.branch, locked: entry.locked })),
    ],
    createBranch: async (branch, id) => {
      if (refs.has(`refs/heads/${branch}`)) throw new Error(`branch "${branch}" exists`);
      refs.set(`refs/heads/${branch}`, required(id).id);
    },
    deleteBranch: async (branch, expectedTip) => {
      if (refs.get(`refs/heads/${branch}`) !== expectedTip) throw new Error(`branch "${branch}" has moved`);
      refs.delete(`refs/heads/${branch}`);
    },
    addWorktree: async (path, branch) => {
      if (!worktrees.has(path)) worktrees.set(path, { branch, head: required(branch).id, locked: false, files: new Map() });
    },
    checkoutWorktree: async (path) => fill(path),
    removeWorktree: async (path) => void worktrees.delete(path),
    currentBranch: async (path) => requiredWorktree(path).branch,
    dirtyPaths: async (path) => {
      const worktree = requiredWorktree(path);
      return changes(filesOf(headOf(worktree)), Object.fromEntries(worktree.files)).map((change) => change.path);
    },
    ignoredPaths: async (_worktree, paths) => paths.filter((path) => (options.ignored ?? ['.env.local']).includes(path)),
    resetWorktree: async (path, id) => {
      setHead(path, required(id).id);
      fill(path);
    },
    commitAll: async (path, message) => {
      const made = commitWorktree(path, message.split('\n')[0] ?? '');
      if (required(made).tree === treeOf(headOf(requiredWorktree(path)))) return null;
      setHead(path, made);
      return made;
    },
    captureWorktree: async (path, message) => commitWorktree(path, message),
    readRef: async (ref) => refs.get(ref) ?? null,
    writeRef: async (ref, id) => void refs.set(ref, required(id).id),
    deleteRef: async (ref) => void refs.delete(ref),
    listRefs: async (prefix) => [...refs].filter(([ref]) => ref.startsWith(prefix)).map(([ref, id]) => ({ ref, commit: id })),
    diff: async (base, head) =>
      changes(filesOf(base), filesOf(head))
        .map(({ path }) => `diff --git a/${path} b/${path}\n-${filesOf(base)[path] ?? ''}\n+${filesOf(head)[path] ?? ''}`)
        .join('\n'),
    changedFiles: async (base, head) => changes(filesOf(base), filesOf(head)),
    createBundle: async (file, base, head) => {
      const known = ancestors(base);
      const ids = [...ancestors(head)].filter((id) => !known.has(id));
      bundles.set(file, new Map(ids.map((id) => [id, { ...required(id), files: filesOf(id) }])));
    },
    fetchBundle: async (file) => {
      const bundle = bundles.get(file);
      if (bundle === undefined) throw new Error(`no bundle "${file}"`);
      for (const [, { parents, subject, files }] of bundle as ReadonlyMap<string, FakeCommit & { readonly files: Files }>)
        commit(parents, files, subject);
    },
    mergeCommits: async ([first, ...rest], message) => {
      let outcome: MergeOutcome = { kind: 'merged', commit: required(first ?? '').id };
      for (const next of rest) if (outcome.kind === 'merged') outcome = merge(outcome.commit, next, message);
      return outcome;
    },
    createSnapshot: async ({ tree, baseTree, pathsFromBase }) => {
      const directory = `/snapshots/${snapshots.size + 1}`;
      const files = new Map(Object.entries(filesOf(tree)));
      for (const path of pathsFromBase?.includes(':(glob)**/AGENTS.md') === true ? ['AGENTS.md'] : [])
        set(files, path, filesOf(baseTree ?? tree)[path]);
      snapshots.set(directory, files);
      return { directory, fingerprint: async () => JSON.stringify([...files]), remove: async () => void snapshots.delete(directory) };
    },
  };
}

function set(files: Map<string, string>, path: string, text: string | undefined): void {
  if (text === undefined) files.delete(path);
  else files.set(path, text);
}

function replace(files: Map<string, string>, by: Files): void {
  files.clear();
  for (const [path, text] of Object.entries(by)) files.set(path, text);
}

/** Forty hexadecimal digits that depend on all of the content (FNV-1a with five seeds). */
function objectId(kind: string, content: unknown): string {
  const text = `${kind} ${JSON.stringify(content)}`;
  return [1, 2, 3, 4, 5]
    .map((seed) =>
      [...text].reduce((hash, character) => Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0, 0x811c9dc5 ^ seed),
    )
    .map((hash) => hash.toString(16).padStart(8, '0'))
    .join('');
}
