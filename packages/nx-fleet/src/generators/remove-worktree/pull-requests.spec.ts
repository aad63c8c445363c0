import { stripVTControlCharacters } from 'node:util';
import { parseSettings, UserError, type Manifest, type PullRequest, type Tracker } from '@nx-fleet/core';
import type { Adapters } from '../../adapters.js';
import { pullRequestLookup } from './pull-requests.js';

const github = parseSettings([{ file: 'nx.json', value: { tracker: { type: 'github', repository: 'acme/shop' } } }]);
const merged = { number: 7, state: 'merged' } as PullRequest;
const warn = console.warn;
let warnings: string[] = [];

beforeEach(() => {
  warnings = [];
  console.warn = (line: string) => void warnings.push(stripVTControlCharacters(line));
});

afterEach(() => {
  console.warn = warn;
});

function adaptersWith(tracker: Partial<Tracker>): Adapters {
  return { tracker: async () => tracker } as unknown as Adapters;
}

function on(branch: string, reference = branch): Manifest {
  return { project: `issue-${branch}`, branch, tracker: { type: 'github', reference, url: null } } as Manifest;
}

describe('asking for the pull requests of a branch', () => {
  it('is of no use where issues are files', () => {
    expect(pullRequestLookup(parseSettings([]), adaptersWith({}))).toBeUndefined();
  });

  it('asks once for each branch', async () => {
    const asked: string[] = [];
    const lookup = pullRequestLookup(github, adaptersWith({ pullRequestsOf: async (branch) => (asked.push(branch), [merged]) }));
    for (const branch of ['a', 'b', 'a']) expect(await lookup?.(on(branch))).toEqual([merged]);
    expect(asked).toEqual(['a', 'b']);
  });

  it('asks for the very pull request that a branch was taken from', async () => {
    const fetchPullRequest = async (number: number): Promise<PullRequest> => ({ ...merged, number });
    const lookup = pullRequestLookup(github, adaptersWith({ fetchPullRequest }));
    expect(await lookup?.(on('pr-12/patch-1', 'pr-12'))).toEqual([{ ...merged, number: 12 }]);
  });

  it('knows nothing of a tracker without any', async () => {
    expect(await pullRequestLookup(github, adaptersWith({}))?.(on('a'))).toBeNull();
    expect(warnings).toEqual([]);
  });

  it('says once that the tracker does not answer, and asks it no more', async () => {
    let count = 0;
    const pullRequestsOf = async (): Promise<never> => {
      count += 1;
      throw new UserError('offline');
    };
    const lookup = pullRequestLookup(github, adaptersWith({ pullRequestsOf }));
    for (const branch of ['a', 'b', 'a']) expect(await lookup?.(on(branch))).toBeNull();
    expect([count, warnings]).toEqual([1, ['Cannot tell whether pull requests are open: offline']]);
  });

  it('throws what is no fault of the tracker on', async () => {
    const lookup = pullRequestLookup(github, adaptersWith({ pullRequestsOf: () => Promise.reject(new TypeError('bug')) }));
    await expect(lookup?.(on('a'))).rejects.toThrow(TypeError);
  });
});
