import { UserError } from '../errors/user-error.js';
import { changedFiles, FakeObjects, setFile, type FakeCommit, type FakeFiles } from './fake-objects.js';
import { watchInMemory } from './fake-watch.js';
import type { Git, MergeOutcome, RepositoryLocation } from './git.js';

interface FakeWorktree {
  branch: string | null;
  head: string;
  locked: boolean;
  readonly files: Map<string, string>;
}

type Bundles = Map<string, readonly FakeCommit[]>;

export interface FakeGitOptions {
  /** Files of the first commit, which `main` and `origin/main` stand at. @default one README.md */
  readonly files?: FakeFiles;
  /** Paths that git ignores. @default ['.env.local'] */
  readonly ignored?: readonly string[];
  /** Stash entries by the branch that they were made on. */
  readonly stashes?: Readonly<Record<string, readonly string[]>>;
  /** What `.worktreeinclude` names. */
  readonly included?: readonly string[];
  /** Files that git calls changed right after a checkout. */
  readonly converted?: readonly string[];
  /** @default false */
  readonly isShallow?: boolean;
  /** Bundles by file: give those of another repository to share them. */
  readonly bundles?: Bundles;
}

/** `Git` in memory. Equal histories have equal ids. */
export interface FakeGit extends Git {
  readonly location: RepositoryLocation;
  /** The first commit. */
  readonly root: string;
  readonly refs: Map<string, string>;
  readonly configuration: Map<string, string>;
  readonly bundles: Bundles;
  /** Files of a worktree or a snapshot: what is not in its commit is dirty. */
  filesIn(directory: string): Map<string, string>;
  /** @param revision a commit or a tree */
  filesOf(revision: string): FakeFiles;
  /** Makes a commit that no branch has. */
  commit(parents: readonly string[], files: FakeFiles, subject: string): string;
  setWorktree(path: string, change: Partial<Pick<FakeWorktree, 'branch' | 'locked'>>): void;
  /** Directories of snapshots that were not removed. */
  snapshots(): readonly string[];
}

/** A repository `/repo` in memory, for specs. */
export function createFakeGit(options: FakeGitOptions = {}): FakeGit {
  const objects = new FakeObjects();
  const root = objects.commit([], options.files ?? { 'README.md': 'hello\n' }, 'Start');
  const refs = new Map([
    ['refs/heads/main', root],
    ['refs/remotes/origin/main', root],
  ]);
  const worktrees = new Map<string, FakeWorktree>();
  const snapshots = new Map<string, Map<string, string>>();
  const bundles: Bundles = options.bundles ?? new Map<string, readonly FakeCommit[]>();
  const configuration = new Map<string, string>();
  const location = { mainWorktree: '/repo', currentWorktree: '/repo', commonDirectory: '/repo/.git' };

  const idOf = (revision: string): string =>
    (revision === 'HEAD' ? headOf(main) : refs.get(revision)) ??
    refs.get(`refs/heads/${revision}`) ??
    refs.get(`refs/remotes/${revision}`) ??
    revision;
  const filesOf = (revision: string): FakeFiles => objects.filesOf(idOf(revision));
  const main: FakeWorktree = { branch: 'main', head: root, locked: false, files: new Map(Object.entries(objects.filesOf(root))) };
  const at = (path: string): FakeWorktree => {
    const found = path === location.mainWorktree ? main : worktrees.get(path);
    if (found === undefined) throw new Error(`fake git knows no worktree "${path}"`);
    return found;
  };
  const headOf = ({ branch, head }: FakeWorktree): string => (branch === null ? head : (refs.get(`refs/heads/${branch}`) ?? head));
  const fill = (worktree: FakeWorktree): void => {
    worktree.files.clear();
    for (const [path, text] of Object.entries(filesOf(headOf(worktree)))) worktree.files.set(path, text);
  };
  const setHead = (worktree: FakeWorktree, id: string): void => {
    worktree.head = id;
    if (worktree.branch !== null) refs.set(`refs/heads/${worktree.branch}`, id);
  };
  const capture = (worktree: FakeWorktree, subject: string): string =>
    objects.commit([headOf(worktree)], Object.fromEntries(worktree.files), subject);

  return {
    location,
    root,
    refs,
    configuration,
    bundles,
    filesOf,
    commit: (parents, files, subject) => objects.commit(parents, files, subject),
    filesIn: (directory) => snapshots.get(directory) ?? at(directory).files,
    setWorktree: (path, change) => void Object.assign(at(path), change),
    snapshots: () => [...snapshots.keys()],
    locate: async () => location,
    resolveCommit: async (revision) => (objects.hasCommit(idOf(revision)) ? idOf(revision) : null),
    resolveTree: async (revision) => objects.treeOf(idOf(revision)),
    defaultBranch: async () => 'origin/main',
    isShallow: async () => options.isShallow ?? false,
    remoteUrl: async () => null,
    isBranchName: async (branch) => /^(?!-)[\w./-]+$/.test(branch) && !branch.includes('..'),
    isAncestor: async (ancestor, descendant) => objects.ancestors(idOf(descendant)).has(idOf(ancestor)),
    log: async (base, head) =>
      objects.between(idOf(base), idOf(head)).map((id) => ({ id, subject: objects.requireCommit(id).subject, author: 'Ada' })),
    recentSubjects: async (commit, count) =>
      [...objects.ancestors(idOf(commit))].slice(0, count).map((id) => objects.requireCommit(id).subject),
    remoteBranchesWith: async (id) =>
      [...refs]
        .filter(([ref, tip]) => ref.startsWith('refs/remotes/') && objects.ancestors(tip).has(id))
        .map(([ref]) => ref.slice('refs/remotes/'.length)),
    listWorktrees: async () => [
      { path: location.mainWorktree, head: idOf('main'), branch: 'main', locked: false },
      ...[...worktrees].map(([path, entry]) => ({ path, head: headOf(entry), branch: entry.branch, locked: entry.locked })),
    ],
    branchInTheWay: async (branch) => {
      for (const [prefix, isRemote] of [
        ['refs/heads/', false],
        ['refs/remotes/origin/', true],
      ] as const) {
        const names = [...refs.keys()].filter((ref) => ref.startsWith(prefix)).map((ref) => ref.slice(prefix.length));
        const name = names.find((other) => other.startsWith(`${branch}/`) || branch.startsWith(`${other}/`));
        if (name !== undefined) return { name, isRemote };
      }
      return null;
    },
    createBranch: async (branch, id) => {
      if (refs.has(`refs/heads/${branch}`)) throw new Error(`branch "${branch}" exists`);
      refs.set(`refs/heads/${branch}`, id);
    },
    deleteBranch: async (branch, expectedTip) => {
      if ((refs.get(`refs/heads/${branch}`) ?? expectedTip) !== expectedTip) throw new Error(`branch "${branch}" has moved`);
      refs.delete(`refs/heads/${branch}`);
    },
    addWorktree: async (path, branch) => {
      if (!refs.has(`refs/heads/${branch}`)) throw new Error(`there is no branch "${branch}"`);
      if (!worktrees.has(path)) worktrees.set(path, { branch, head: idOf(branch), locked: false, files: new Map() });
    },
    addDetachedWorktree: async (path, commit) => {
      if (!worktrees.has(path)) worktrees.set(path, { branch: null, head: idOf(commit), locked: false, files: new Map() });
    },
    checkoutWorktree: async (path) => void (at(path).files.size > 0 || fill(at(path))),
    isCheckedOut: async (path) => (worktrees.get(path)?.files.size ?? 0) > 0,
    moveWorktree: async (from, to) => {
      const moved = worktrees.get(from);
      if (moved === undefined) return worktrees.has(to);
      if (moved.locked || worktrees.has(to)) return false;
      worktrees.delete(from);
      worktrees.set(to, moved);
      return true;
    },
    switchWorktree: async (path, branch) => {
      const worktree = at(path);
      if (!refs.has(`refs/heads/${branch}`)) throw new UserError(`Branch "${branch}" does not exist.`);
      const isElsewhere = branch === 'main' || [...worktrees].some(([other, entry]) => other !== path && entry.branch === branch);
      if (isElsewhere) throw new UserError(`Branch "${branch}" is checked out elsewhere.`);
      if (worktree.branch === branch) return;
      if (worktree.branch !== null) throw new UserError(`"${path}" is the worktree of branch "${worktree.branch}".`);
      const changed = changedFiles(filesOf(worktree.head), filesOf(branch));
      worktree.branch = branch;
      for (const { path: file } of changed) setFile(worktree.files, file, filesOf(branch)[file]);
    },
    removeWorktree: async (path, discard) => {
      if (path === location.mainWorktree) throw new UserError(`"${path}" is the main worktree.`);
      await discard?.(path);
      worktrees.delete(path);
    },
    stashesOn: async (branch) => (options.stashes?.[branch] ?? []).slice(),
    isContained: async (head, onto) => {
      const base = objects.mergeBase(idOf(head), idOf(onto));
      const changes = base === null ? [] : changedFiles(filesOf(base), filesOf(head));
      return base !== null && changes.every(({ path }) => filesOf(onto)[path] === filesOf(head)[path]);
    },
    mergeBase: async (one, other) => objects.mergeBase(idOf(one), idOf(other)),
    fetchFromOrigin: async (ref) => {
      const commit = refs.get(`origin:${ref}`);
      if (commit === undefined) throw new UserError(`"${ref}" is not in "origin".`);
      return commit;
    },
    ignoredMatching: async () => [...(options.included ?? [])],
    textsIn: async (revision, texts) => {
      const words = new Set(Object.values(filesOf(revision)).flatMap((text) => text.split(/[^\w.:/@-]+/)));
      return new Set(texts.filter((text) => words.has(text)));
    },
    // Of git's pathspecs it knows `:(glob)**/<pattern of a name>` only.
    trackedMatching: async (path, { pathspecs, text = '' }) => {
      const patterns = pathspecs.map(
        (spec) => new RegExp(`(^|/)${spec.replace(':(glob)**/', '').replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`),
      );
      return [...at(path).files]
        .filter(([file, content]) => patterns.some((pattern) => pattern.test(file)) && content.includes(text))
        .map(([file]) => file);
    },
    currentBranch: async (path) => at(path).branch,
    convertedPaths: async () => options.converted ?? [],
    dirtyPaths: async (path) => changedFiles(filesOf(headOf(at(path))), Object.fromEntries(at(path).files)).map((change) => change.path),
    ignoredPaths: async (_, paths) => paths.filter((path) => (options.ignored ?? ['.env.local']).includes(path)),
    resetWorktree: async (path, id) => {
      setHead(at(path), id);
      fill(at(path));
    },
    commitAll: async (path, message) => {
      const id = capture(at(path), message.split('\n')[0] ?? '');
      if (objects.treeOf(id) === objects.treeOf(headOf(at(path)))) return null;
      setHead(at(path), id);
      return id;
    },
    captureWorktree: async (path, message) => capture(at(path), message),
    readRef: async (ref) => refs.get(ref) ?? null,
    writeRef: async (ref, id) => void refs.set(ref, id),
    createRef: async (ref, id) => {
      if (refs.has(ref)) return false;
      refs.set(ref, id);
      return true;
    },
    deleteRef: async (ref, expected) => {
      if (expected === undefined || refs.get(ref) === expected) refs.delete(ref);
    },
    listRefs: async (prefix) => [...refs].filter(([ref]) => ref.startsWith(prefix)).map(([ref, commit]) => ({ ref, commit })),
    // Its files are all text, and it calls none binary.
    lineCounts: async () => new Map(),
    // Of attributes it knows those of the root's file, for names and paths without a pattern.
    generatedMarks: async (tree, paths) => {
      const lines = (filesOf(tree)['.gitattributes'] ?? '').split('\n').map((line) => line.split(' '));
      return new Map(
        paths.flatMap((path): [string, string][] => {
          const mark = lines.find(([name = '']) => name !== '' && `/${path}`.endsWith(`/${name}`))?.[1];
          return mark === undefined ? [] : [[path, mark]];
        }),
      );
    },
    readFile: async (revision, path) => filesOf(revision)[path] ?? null,
    // It has no links.
    readLink: async () => null,
    diff: async (base, head) =>
      changedFiles(filesOf(base), filesOf(head))
        .map(({ path }) => fileDiff(path, filesOf(base)[path], filesOf(head)[path]))
        .join(''),
    changedFiles: async (base, head) => changedFiles(filesOf(base), filesOf(head)),
    listFiles: async (tree) => objects.listFiles(idOf(tree)),
    writeTrees: async (trees) => trees.map((files) => objects.writeTree(files)),
    createBundle: async (file, base, head) =>
      void bundles.set(file, [
        objects.requireCommit(objects.commit([], filesOf(base), 'Start')),
        ...objects.firstParents(idOf(base), idOf(head)).map((id) => objects.requireCommit(id)),
      ]),
    fetchBundle: async (file, baseTree, onto) => {
      const [start, ...commits] = bundles.get(file) ?? [];
      if (start === undefined) throw new Error(`there is no bundle "${file}"`);
      if (objects.treeOf(objects.commit([], start.files, 'Start')) !== baseTree) throw new Error(`"${file}" builds on other files`);
      return objects.move(start, commits, idOf(onto));
    },
    moveCommits: async (base, head, onto) =>
      objects.move(
        objects.requireCommit(idOf(base)),
        objects.firstParents(idOf(base), idOf(head)).map((id) => objects.requireCommit(id)),
        idOf(onto),
      ),
    mergeCommits: async ([first, ...rest], message) => {
      let outcome: MergeOutcome = { kind: 'merged', commit: first ?? root };
      for (const next of rest) if (outcome.kind === 'merged') outcome = objects.merge(outcome.commit, next, message);
      return outcome;
    },
    createSnapshot: async ({ tree, baseTree, pathsFromBase }) => {
      const directory = `/snapshots/${snapshots.size + 1}`;
      const files = new Map(Object.entries(filesOf(tree)));
      // Of git's pathspecs it knows `:(glob,icase)**/<name>` and `:(literal)<path>` only.
      const isFromBase = (path: string): boolean =>
        [`:(glob,icase)**/${path.split('/').at(-1) ?? ''}`, `:(literal)${path}`].some((spec) => pathsFromBase?.includes(spec) === true);
      for (const { path } of changedFiles(filesOf(tree), filesOf(baseTree ?? tree))) {
        if (isFromBase(path)) setFile(files, path, filesOf(baseTree ?? tree)[path]);
      }
      snapshots.set(directory, files);
      return { directory, fingerprint: async () => JSON.stringify([...files]), remove: async () => void snapshots.delete(directory) };
    },
    watch: async (request) => watchInMemory({ refs, configuration }, request),
  };
}

/** One hunk that replaces all lines. */
function fileDiff(path: string, before: string | undefined, after: string | undefined): string {
  const [removed, added] = [linesOf(before), linesOf(after)];
  const hunk = `@@ -1,${removed.length} +${added.length === 0 ? 0 : 1},${added.length} @@\n`;
  const header = `${before === undefined ? '--- /dev/null' : `--- a/${path}`}\n${after === undefined ? '+++ /dev/null' : `+++ b/${path}`}\n`;
  const lines = [...removed.map((line) => `-${line}\n`), ...added.map((line) => `+${line}\n`)];
  return `diff --git a/${path} b/${path}\n${header}${hunk}${lines.join('')}`;
}

function linesOf(text: string | undefined): readonly string[] {
  return text === undefined || text === '' ? [] : text.replace(/\n$/, '').split('\n');
}
