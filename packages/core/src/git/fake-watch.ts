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
    restore: async (keep) => {
      const keys = changed(before.configuration, configuration);
      const names = await changedRefs();
      for (const key of keys) restore(configuration, key, before.configuration.get(key));
      for (const ref of names) {
        const lost = refs.get(ref);
        if (lost !== undefined) await keep(lost);
        restore(refs, ref, before.refs.get(ref));
      }
      return { found: [...keys.map((key) => `"${key}" in git's configuration`), ...names.map((ref) => `"${ref}"`)], left: [] };
    },
  };
}

function changed(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): readonly string[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter((key) => one.get(key) !== other.get(key));
}

function restore(values: Map<string, string>, key: string, value: string | undefined): void {
  if (value === undefined) values.delete(key);
  else values.set(key, value);
}
