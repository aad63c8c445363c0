import { createPause } from './neon-call.js';

describe('a pause', () => {
  it('is refused at once when its least time would be over the limit', async () => {
    const pause = createPause({ firstMs: 1, longestMs: 1, limitMs: 1_000, signal: undefined });
    await expect(pause(10_000)).resolves.toBe(false);
    await expect(pause()).resolves.toBe(true);
  });

  it('ends when the limit is reached, however short the pauses are', async () => {
    const pause = createPause({ firstMs: 5, longestMs: 5, limitMs: 60, signal: undefined });
    let pauses = 0;
    while (await pause()) pauses += 1;
    expect(pauses).toBeGreaterThan(1);
  });

  it('takes its least time', async () => {
    const start = performance.now();
    await createPause({ firstMs: 0, longestMs: 0, limitMs: 1_000, signal: undefined })(50);
    expect(performance.now() - start).toBeGreaterThanOrEqual(48);
  });

  it('is cancelled by a signal', async () => {
    const pause = createPause({ firstMs: 0, longestMs: 0, limitMs: 60_000, signal: AbortSignal.timeout(10) });
    await expect(pause(30_000)).rejects.toThrow(/abort/i);
  });
});
