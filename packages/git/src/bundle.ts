import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { printableLine, UserError } from '@nx-fleet/core';
import { deleteRef, writeRef } from './refs.js';
import type { Repository } from './repository.js';
import { log, requireCommit, resolveCommit } from './revisions.js';

/** A bundle builds on a commit that this repository does not have. */
export class MissingCommitError extends UserError {
  constructor(
    readonly commit: string,
    file: string,
  ) {
    super(
      `This repository lacks commit ${commit}, which the bundle "${printableLine(file)}" builds on. Fetch it: git fetch origin ${commit}`,
    );
  }
}

export interface BundleHeader {
  readonly prerequisites: readonly string[];
  readonly heads: readonly { readonly commit: string; readonly ref: string }[];
}

const HEADER_LIMIT_BYTES = 1_048_576;

/** Writes the commits base..head as a git bundle. @throws Error when there is none */
export async function createBundle(
  repository: Repository,
  file: string,
  range: { readonly base: string; readonly head: string },
): Promise<void> {
  const base = await requireCommit(repository, range.base);
  const head = await requireCommit(repository, range.head);
  if ((await log(repository, base, head)).length === 0)
    throw new Error(`There is no commit between ${base} and ${head} to put into a bundle`);
  // A bundle carries refs, never bare commits.
  const ref = `refs/nx-fleet/bundle/${randomBytes(8).toString('hex')}`;
  await writeRef(repository, ref, head);
  try {
    await repository.inMain(['bundle', 'create', '--quiet', resolve(file), ref, `^${base}`], { configuration: ['pack.threads=1'] });
  } finally {
    await deleteRef(repository, ref);
  }
}

/** Brings a bundle's commits into the repository, each held by `refs/nx-fleet/fetched/<commit>`. @throws MissingCommitError */
export async function fetchBundle(repository: Repository, file: string): Promise<void> {
  const path = resolve(file);
  const header = parseBundleHeader(await readHeader(path), path);
  for (const commit of header.prerequisites) {
    if ((await resolveCommit(repository, commit)) === null) throw new MissingCommitError(commit, path);
  }
  const flags = ['--no-tags', '--no-write-fetch-head', '--no-auto-maintenance', '--no-recurse-submodules', '--no-prune'];
  const refspecs = header.heads.map(({ commit, ref }) => `+${ref}:refs/nx-fleet/fetched/${commit}`);
  await repository.inMain(['fetch', ...flags, '--', path, ...refspecs], { configuration: ['fetch.writeCommitGraph=false'] });
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
  return new Error(`"${printableLine(file)}" is no git bundle`);
}
