import type { AgentOutcome } from './agent.js';
import { planNextRun, type RetryLimits, type RunEnding, sleep } from './retry-policy.js';

const plan = (ending: Partial<RunEnding>, limits: Partial<RetryLimits> = {}) =>
  planNextRun(
    { kind: 'rate-limited', runs: 1, waitedMs: 0, isFallback: false, ...ending },
    { maxWaitMs: 300_000, hasFallback: false, ...limits },
  );

/** Waits of a model that never answers, until the policy gives up. */
function waits(limits: RetryLimits, retryAfterMs?: number): readonly (number | 'fallback')[] {
  const seen: (number | 'fallback')[] = [];
  let [waitedMs, isFallback] = [0, false];
  for (let runs = 1; runs < 100; runs++) {
    const next = plan({ runs, waitedMs, isFallback, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }, limits);
    if (next.kind === 'none') return seen;
    if (next.kind === 'same-model') waitedMs += next.waitMs;
    else isFallback = true;
    seen.push(next.kind === 'same-model' ? next.waitMs : 'fallback');
  }
  throw new Error('never gave up');
}

describe('planNextRun', () => {
  it('waits twice as long each time, then asks the fallback model, then gives up', () => {
    expect(waits({ maxWaitMs: 300_000, hasFallback: true })).toEqual([15_000, 30_000, 60_000, 120_000, 'fallback']);
    expect(waits({ maxWaitMs: 300_000, hasFallback: false })).toEqual([15_000, 30_000, 60_000, 120_000]);
  });

  it('never waits longer than it may, and not at all at 0', () => {
    expect(waits({ maxWaitMs: 44_999, hasFallback: false })).toEqual([15_000]);
    expect(waits({ maxWaitMs: 45_000, hasFallback: false })).toEqual([15_000, 30_000]);
    expect(waits({ maxWaitMs: 0, hasFallback: true })).toEqual(['fallback']);
    expect(waits({ maxWaitMs: 0, hasFallback: false })).toEqual([]);
  });

  it('waits as long as the program says, within the same limit', () => {
    expect(waits({ maxWaitMs: 100_000, hasFallback: true }, 40_000)).toEqual([40_000, 40_000, 'fallback']);
  });

  it('asks the fallback model at once when the program says that it takes too long', () => {
    expect(plan({ retryAfterMs: 3 * 3_600_000 }, { hasFallback: true })).toEqual({ kind: 'fallback-model' });
    expect(plan({ retryAfterMs: 3 * 3_600_000 })).toEqual({ kind: 'none' });
    expect(plan({ retryAfterMs: 20_000, isFallback: true }, { hasFallback: true })).toEqual({ kind: 'same-model', waitMs: 20_000 });
  });

  it('gives up on a program that says "now" for ever', () => {
    expect(waits({ maxWaitMs: 3_600_000, hasFallback: false }, 0)).toEqual(Array.from({ length: 7 }, () => 1_000));
  });

  it.each<AgentOutcome['kind']>([
    'completed',
    'unauthenticated',
    'denied',
    'over-budget',
    'crashed',
    'timed-out',
    'cancelled',
    'not-installed',
  ])('never tries again after %s, whatever the limits', (kind) => {
    expect(plan({ kind, retryAfterMs: 1 }, { hasFallback: true, maxWaitMs: 1e9 })).toEqual({ kind: 'none' });
  });
});

describe('sleep', () => {
  it('ends after its time', async () => {
    await expect(sleep(1)).resolves.toBeUndefined();
  });

  it('ends early when it is cancelled, before or meanwhile', async () => {
    const cancel = new AbortController();
    const sleeping = sleep(3_600_000, cancel.signal);
    cancel.abort();
    await expect(sleeping).resolves.toBeUndefined();
    await expect(sleep(3_600_000, cancel.signal)).resolves.toBeUndefined();
  });
});
