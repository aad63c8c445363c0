import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type MergeOutcome, printableLine } from '@nx-fleet/core';
import { type CommitRange, moveCommits, rootCommit } from '../history/merge.js';
import { deleteRef, writeRef } from '../repository/refs.js';
import type { Repository } from '../repository/repository.js';
import { log, requireCommit, resolveTree } from '../repository/revisions.js';

export interface BundleHeader {
  readonly prerequisites: readonly string[];
  readonly heads: readonly { readonly commit: string; readonly ref: string }[];
}

const HEADER_LIMIT_BYTES = 1_048_576;

/**
 * Writes the commits base..head as a git bundle. It builds on the files of the base and on no commit of it, so that it can be taken wherever these
 * files are, whatever the commits there are called.
 * @throws Error when there is none
 */
export async function createBundle(repository: Repository, file: string, range: CommitRange): Promise<void> {
  const base = await requireCommit(repository, range.base);
  const head = await requireCommit(repository, range.head);
  if ((await log(repository, base, head)).length === 0) throw new Error(`No commit between ${base} and ${head} to put into a bundle`);
  const root = await rootCommit(repository, `${base}^{tree}`);
  const moved = await moveCommits(repository, { base, head }, root);
  if (moved.kind === 'conflict') throw new Error(`commits do not fit onto the files that they were made on: ${moved.files.join(', ')}`);
  // A bundle carries refs, never bare commits.
  await holding(repository, moved.commit, (ref) =>
    repository.inMain(['bundle', 'create', '--quiet', resolve(file), ref, `^${root}`], { configuration: ['pack.threads=1'] }),
  );
}

/** Brings a bundle's commits onto a commit: with their old ids, if that is the one that they were made on. @throws Error when it builds on other files */
export async function fetchBundle(
  repository: Repository,
  file: string,
  { baseTree, onto }: { readonly baseTree: string; readonly onto: string },
): Promise<MergeOutcome> {
  const path = resolve(file);
  const { prerequisites, heads } = parseBundleHeader(await readHeader(path), path);
  if ((await resolveTree(repository, baseTree)) === null) throw new Error(`the files that "${printableLine(path)}" builds on are not here`);
  const root = await rootCommit(repository, baseTree);
  const [head] = heads;
  if (head === undefined || prerequisites.some((commit) => commit !== root)) {
    throw new Error(`"${printableLine(path)}" builds on something else than the tree ${baseTree}`);
  }
  // git wants what a bundle builds on to be held by a ref.
  return holding(repository, root, (held) =>
    holding(repository, root, async (fetched) => {
      const flags = ['--no-tags', '--no-write-fetch-head', '--no-auto-maintenance', '--no-recurse-submodules', '--no-prune'];
      const args = ['fetch', ...flags, '--', path, `+${head.ref}:${fetched}`];
      await repository.inMain(args, { configuration: ['fetch.writeCommitGraph=false'] });
      return moveCommits(repository, { base: held, head: fetched }, onto);
    }),
  );
}

/** Holds a commit under a ref of its own for as long as something is done with it. */
async function holding<Result>(repository: Repository, commit: string, act: (ref: string) => Promise<Result>): Promise<Result> {
  const ref = `refs/nx-fleet/bundle/${randomBytes(8).toString('hex')}`;
  await writeRef(repository, ref, commit);
  try {
    return await act(ref);
  } finally {
    await deleteRef(repository, ref);
  }
}

/** Reads the lines before a bundle's pack (gitformat-bundle(5)). @throws Error when it is none */
export function parseBundleHeader(header: string, file: string): BundleHeader {
  const [signature = '', ...lines] = header.split('\n');
  const prerequisites: string[] = [];
  const heads: { commit: string; ref: string }[] = [];
  for (const line of lines) {
    const prerequisite = /^-([\da-f]{40}|[\da-f]{64})(?: |$)/.exec(line)?.[1];
    const [, commit, ref] = /^([\da-f]{40}|[\da-f]{64}) (HEAD|refs\/[^\s:*?[\\^~]+)$/.exec(line) ?? [];
    if (prerequisite !== undefined) prerequisites.push(prerequisite);
    else if (commit !== undefined && ref !== undefined) heads.push({ commit, ref });
    else if (!line.startsWith('@')) throw noBundleError(file);
  }
  if (!/^# v[23] git bundle$/.test(signature) || heads.length === 0) throw noBundleError(file);
  return { prerequisites, heads };
}

async function readHeader(file: string): Promise<string> {
  const handle = await open(file);
  try {
    let header = Buffer.alloc(0);
    while (header.length < HEADER_LIMIT_BYTES) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(65_536), 0, 65_536, null);
      header = Buffer.concat([header, buffer.subarray(0, bytesRead)]);
      const end = header.indexOf('\n\n');
      if (end !== -1) return header.subarray(0, end).toString('utf8');
      if (bytesRead === 0) break;
    }
    throw noBundleError(file);
  } finally {
    await handle.close();
  }
}

function noBundleError(file: string): Error {
  return new Error(`"${printableLine(file)}" is not a git bundle`);
}
