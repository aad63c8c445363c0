import { count, printableLine, UserError } from '@nx-fleet/core';
import { withoutSecrets } from './remote-url.js';
import type { Repository } from './repository.js';

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
