import type { ChangedFile, MergeOutcome, TreeFile } from './git.js';

/** Text by path. */
export type FakeFiles = Readonly<Record<string, string>>;

export interface FakeCommit {
  readonly parents: readonly string[];
  readonly files: FakeFiles;
  readonly subject: string;
}

/** Trees and commits in memory. Equal content has equal ids. */
export class FakeObjects {
  private readonly trees = new Map<string, FakeFiles>();
  private readonly commits = new Map<string, FakeCommit>();
  private readonly texts = new Map<string, string>();

  listFiles(id: string): readonly TreeFile[] {
    return Object.entries(sorted(this.filesOf(id))).map(([path, text]) => {
      const object = objectId('blob', text);
      this.texts.set(object, text);
      return { path, mode: '100644', object };
    });
  }

  writeTree(files: readonly TreeFile[]): string {
    for (const { path } of files)
      if (files.some((other) => other.path.startsWith(`${path}/`))) throw new Error(`"${path}" would be a file and a folder in one tree`);
    return this.tree(Object.fromEntries(files.map(({ path, object }) => [path, this.texts.get(object) ?? ''])));
  }

  private tree(files: FakeFiles): string {
    const id = objectId('tree', sorted(files));
    this.trees.set(id, files);
    return id;
  }

  commit(parents: readonly string[], files: FakeFiles, subject: string): string {
    this.tree(files);
    const id = objectId('commit', { parents, files: sorted(files), subject });
    this.commits.set(id, { parents, files, subject });
    return id;
  }

  hasCommit(id: string): boolean {
    return this.commits.has(id);
  }

  /** @throws Error when there is none */
  requireCommit(id: string): FakeCommit {
    const found = this.commits.get(id);
    if (found === undefined) throw new Error(`fake git knows no commit "${id}"`);
    return found;
  }

  treeOf(id: string): string | null {
    if (this.trees.has(id)) return id;
    const commit = this.commits.get(id);
    return commit === undefined ? null : objectId('tree', sorted(commit.files));
  }

  /** @param id of a commit or a tree */
  filesOf(id: string): FakeFiles {
    return this.trees.get(id) ?? this.requireCommit(id).files;
  }

  /** The commit and all that it descends from, itself first. */
  ancestors(id: string): Set<string> {
    const seen = new Set<string>();
    const visit = (next: string): void => {
      if (seen.has(next)) return;
      seen.add(next);
      this.requireCommit(next).parents.forEach(visit);
    };
    visit(id);
    return seen;
  }

  /** Commits of `head` that `base` has not, oldest first. */
  between(base: string, head: string): readonly string[] {
    const known = this.ancestors(base);
    return [...this.ancestors(head)].filter((id) => !known.has(id)).toReversed();
  }

  /** The nearest common ancestor, or null. */
  mergeBase(one: string, other: string): string | null {
    const mine = this.ancestors(one);
    return [...this.ancestors(other)].find((id) => mine.has(id)) ?? null;
  }

  /** `base..head` along the first parents, oldest first. */
  firstParents(base: string, head: string): readonly string[] {
    const known = this.ancestors(base);
    const line: string[] = [];
    for (let next: string | undefined = head; next !== undefined && !known.has(next); next = this.requireCommit(next).parents[0])
      line.unshift(next);
    return line;
  }

  merge(ours: string, theirs: string, message: string): MergeOutcome {
    const shared = this.mergeBase(ours, theirs);
    const merged = mergeFiles(shared === null ? {} : this.filesOf(shared), this.filesOf(ours), this.filesOf(theirs));
    return Array.isArray(merged)
      ? { kind: 'conflict', files: merged }
      : { kind: 'merged', commit: this.commit([ours, theirs], merged, message) };
  }

  /** Commits that were made one on the other, from `start` on, made on another one. */
  move(start: FakeCommit, commits: readonly FakeCommit[], onto: string): MergeOutcome {
    let [before, commit] = [start.files, onto];
    for (const { files, subject } of commits) {
      const merged = mergeFiles(before, this.filesOf(commit), files);
      if (Array.isArray(merged)) return { kind: 'conflict', files: merged };
      commit = this.commit([commit], merged, subject);
      before = files;
    }
    return { kind: 'merged', commit };
  }
}

/** @returns the files, or paths that both sides change */
function mergeFiles(base: FakeFiles, ours: FakeFiles, theirs: FakeFiles): FakeFiles | string[] {
  const changed = changedFiles(base, ours).map(({ path }) => path);
  const conflicts = changed.filter((path) => base[path] !== theirs[path] && ours[path] !== theirs[path]);
  if (conflicts.length > 0) return conflicts;
  const merged = new Map(Object.entries(theirs));
  for (const path of changed) setFile(merged, path, ours[path]);
  return Object.fromEntries(merged);
}

export function changedFiles(before: FakeFiles, after: FakeFiles): readonly ChangedFile[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((path) => before[path] !== after[path])
    .sort()
    .map((path) => ({ path, kind: kindOf(before[path], after[path]), binary: false }));
}

function kindOf(before: string | undefined, after: string | undefined): ChangedFile['kind'] {
  if (before === undefined) return 'added';
  return after === undefined ? 'deleted' : 'modified';
}

/** Sets a file's text, or removes the file when there is none. */
export function setFile(files: Map<string, string>, path: string, text: string | undefined): void {
  if (text === undefined) files.delete(path);
  else files.set(path, text);
}

function sorted(files: FakeFiles): FakeFiles {
  return Object.fromEntries(Object.entries(files).sort(([one], [other]) => (one < other ? -1 : 1)));
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
