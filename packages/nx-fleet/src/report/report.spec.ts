import { UserError } from '@nx-fleet/core';
import { allSucceeded, systemFault } from './report.js';

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

function refusal(code: string, place: { readonly path?: string; readonly syscall?: string }): Error {
  return Object.assign(new Error(`${code}: refused`), { code, ...place });
}

describe('what the system refuses', () => {
  it.each([
    ['ENOSPC', { path: '/a/b', syscall: 'write' }, '"/a/b" (write) failed: no space is left on its disk. Make room, then run this again.'],
    ['EDQUOT', { syscall: 'write' }, '"write" failed: your quota of its disk is used up. Make room, then run this again.'],
    [
      'EROFS',
      { path: '/a\u001B[31mb', syscall: 'mkdir' },
      '"/ab" (mkdir) failed: its file system can only be read. Mount it for writing, then run this again.',
    ],
    ['EACCES', { path: '/a', syscall: 'open' }, '"/a" (open) failed: permission is denied. Change its owner or mode, then run this again.'],
  ])('is told in one line: %s at %j', (code, place, message) => {
    const error = refusal(code, place);
    const fault = systemFault(error);
    expect([fault instanceof UserError, fault?.message, fault?.cause]).toEqual([true, message, error]);
  });

  it('is nothing else that fails', () => {
    const others = [
      refusal('ENOENT', { path: '/a', syscall: 'open' }),
      refusal('ENOSPC', {}),
      refusal('toString', { syscall: 'x' }),
      'ENOSPC',
    ];
    expect(others.map(systemFault)).toEqual([null, null, null, null]);
  });
});
