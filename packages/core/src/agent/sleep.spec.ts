import { sleep } from './sleep.js';

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
