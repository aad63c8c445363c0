import type { RepositoryWatch, WatchRequest } from './git.js';

/** What a watch in memory looks at. */
export interface FakeWatched {
  readonly refs: Map<string, string>;
  readonly configuration: Map<string, string>;
}

const LIVELY = /^refs\/(?:remotes|nx-fleet)\/|^origin:/;

/** `Git.watch` in memory: configuration and refs. */
export function watchInMemory({ refs, configuration }: FakeWatched, { what, othersBranches }: WatchRequest): RepositoryWatch {
  const before = { refs: new Map(refs), configuration: new Map(configuration) };
  const changedRefs = async (): Promise<readonly string[]> => {
    const others = new Set((await othersBranches()).map((branch) => `refs/heads/${branch}`));
    return what === 'setup' ? [] : changed(before.refs, refs).filter((ref) => !LIVELY.test(ref) && !others.has(ref));
  };
  return {
    compare: async (keep) => {
      const names = await changedRefs();
      for (const commit of names.flatMap((ref) => before.refs.get(ref) ?? [])) await keep(commit);
      return [
        ...changed(before.configuration, configuration).map((key) => `"${key}" in git's configuration`),
        ...names.map((ref) => `"${ref}"`),
      ];
    },
  };
}

function changed(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): readonly string[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter((key) => one.get(key) !== other.get(key));
}
