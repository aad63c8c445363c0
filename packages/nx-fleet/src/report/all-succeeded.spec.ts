import { UserError } from '@nx-fleet/core';
import { allSucceeded } from './all-succeeded.js';

const settle = async (...tasks: readonly (() => Promise<number>)[]) => Promise.allSettled(tasks.map((task) => task()));
const one = async (): Promise<number> => 1;
const wrong = async (): Promise<number> => Promise.reject(new UserError('wrong'));
const bug = async (): Promise<number> => Promise.reject(new TypeError('bug'));

describe('tasks that ran side by side', () => {
  it('give what they found, in their order', async () => {
    expect(allSucceeded(await settle(one, async () => 2))).toEqual([1, 2]);
  });

  it('fail with a line for each that failed', async () => {
    const results = await settle(wrong, one, wrong);
    expect(() => allSucceeded(results)).toThrow(new UserError('wrong\nwrong'));
    expect(() => allSucceeded(results, (index) => `issue-${index}`)).toThrow(new UserError('issue-0: wrong\nissue-2: wrong'));
  });

  it('show a bug as it is, whatever else has failed', async () => {
    const results = await settle(wrong, bug);
    expect(() => allSucceeded(results)).toThrow(new TypeError('bug'));
  });
});
