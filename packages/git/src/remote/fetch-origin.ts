import { randomBytes } from 'node:crypto';
import { count, printableLine, UserError } from '@nx-fleet/core';
import { isProcessAlive } from '@nx-fleet/system';
import { withRetries } from '../command/run-git.js';
import { deleteRef, listRefs } from '../repository/refs.js';
import type { Repository } from '../repository/repository.js';
import { requireCommit } from '../repository/revisions.js';
import { withoutSecrets } from './origin.js';

/** Where fetched commits are kept for a moment; the name behind it starts with the process that fetches. */
const FETCHED = 'refs/nx-fleet/fetching/';
const FLAGS = [
  '--quiet',
  '--no-tags',
  '--no-prune',
  '--no-write-fetch-head',
  '--no-recurse-submodules',
  '--no-auto-maintenance',
  '--no-show-forced-updates',
];
/** git's exit code when all was fetched and a ref could not be written: another process wrote it at the same time. */
const REF_IS_BUSY = 1;
const FATAL = 128;
/** What `git ls-remote --exit-code` answers when the remote has no such ref. */
const NO_SUCH_REF = 2;

/** Fetches one ref from `origin`; the branch that tracks it moves along. @returns its commit @throws UserError when there is no `origin`, no such ref, or no answer */
export async function fetchFromOrigin(repository: Repository, ref: string): Promise<string> {
  await requireOrigin(repository);
  await requireRef(repository, ref);
  await sweepFetched(repository);
  const target = `${FETCHED}${process.pid}-${randomBytes(6).toString('hex')}`;
  const variables = repository.networkVariables;
  const fetch = ['fetch', ...FLAGS, '--', 'origin', `+${ref}:${target}`];
  try {
    await withRetries(async () => {
      const { exitCode } = await repository.inMain(fetch, { variables, answers: [0, REF_IS_BUSY, FATAL] });
      if (exitCode === FATAL) throw await unfetchable(repository, ref);
      if (exitCode === REF_IS_BUSY) throw new Error(`git fetch could not write the refs of "${printableLine(ref)}"`);
    });
    return await requireCommit(repository, target);
  } finally {
    await deleteRef(repository, target);
  }
}

async function requireOrigin(repository: Repository): Promise<void> {
  const { exitCode } = await repository.inMain(['config', '--get', 'remote.origin.url'], { answers: [0, 1] });
  if (exitCode === 1) throw new UserError('Remote "origin" does not exist. Add it: git remote add origin <url>');
}

// Neither an option nor a refspec of its own can be written so.
async function requireRef(repository: Repository, ref: string): Promise<void> {
  const isRef = ref.startsWith('refs/') && !ref.includes('\0');
  const answers = [0, 1];
  if (isRef && (await repository.inMain(['check-ref-format', ref], { answers })).exitCode === 0) return;
  throw new UserError(`"${printableLine(ref)}" is not a full ref name. Give one such as refs/heads/main.`);
}

/** Removes what killed processes fetched. */
async function sweepFetched(repository: Repository): Promise<void> {
  for (const { ref } of await listRefs(repository, FETCHED)) {
    const pid = Number(/^(\d{1,10})-/.exec(ref.slice(FETCHED.length))?.[1] ?? 0);
    if (pid === 0 || !isProcessAlive({ pid, startedAt: null })) await deleteRef(repository, ref);
  }
}

async function unfetchable(repository: Repository, ref: string): Promise<UserError> {
  const name = printableLine(ref);
  const ask = ['ls-remote', '--exit-code', '--quiet', '--', 'origin', ref];
  try {
    const { exitCode } = await repository.inMain(ask, { variables: repository.networkVariables, answers: [0, NO_SUCH_REF] });
    if (exitCode === NO_SUCH_REF) return new UserError(`"${name}" is not in "origin". Check its name, and that it was pushed.`);
    return new UserError(`"${name}" could not be fetched from "origin". Try it by hand: git fetch origin ${name}`);
  } catch (error) {
    const reason = withoutSecrets(error instanceof Error ? error.message : '');
    return new UserError(`"origin" could not be reached: ${printableLine(reason)}. Try it by hand: git fetch origin ${name}`);
  }
}

const FETCH = [
  'fetch',
  '--quiet',
  '--no-tags',
  '--no-write-fetch-head',
  '--no-recurse-submodules',
  '--no-auto-maintenance',
  '--filter=blob:none',
  '--stdin',
];

/**
 * Fetches what some trees need and a partial clone has left out, all at once: git itself would ask for each file, and in a snapshot for none.
 * @throws UserError when the remote does not answer
 */
export async function fetchMissing(repository: Repository, trees: readonly string[]): Promise<void> {
  const promisors = ['config', '--type=bool', '--get-regexp', String.raw`^remote\..*\.promisor$`];
  const { stdout } = await repository.inMain(promisors, { answers: [0, 1] });
  const remote = /^remote\.(.+)\.promisor true$/m.exec(stdout)?.[1];
  if (remote === undefined) return;
  const listed = await repository.inMain(['rev-list', '--objects', '--no-object-names', '--missing=print', ...trees, '--']);
  const missing = listed.stdout.split('\n').filter((line) => line.startsWith('?'));
  if (missing.length === 0) return;
  try {
    await repository.inMain([...FETCH, '--', remote], {
      variables: repository.networkVariables,
      // As git does when it fetches a missing object: what is here says nothing about what is missing.
      configuration: ['fetch.negotiationAlgorithm=noop'],
      input: missing.map((line) => `${line.slice(1)}\n`).join(''),
    });
  } catch (error) {
    const reason = error instanceof Error && error.cause instanceof Error ? error.cause.message : '';
    throw new UserError(
      `This partial clone lacks ${count(missing.length, 'object')}, and "${printableLine(remote)}" does not provide them: ${printableLine(withoutSecrets(reason))}. Check it: git fetch ${printableLine(remote)}`,
      { cause: error },
    );
  }
}
