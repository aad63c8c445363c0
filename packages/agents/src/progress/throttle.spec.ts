import { createThrottle, type Clock } from './throttle.js';

/** Time that passes when it is told to. */
function fakeClock(): Clock & { pass(ms: number): void } {
  let now = 0;
  const timers = new Map<object, { readonly at: number; readonly act: () => void }>();
  return {
    nowMs: () => now,
    schedule: (act, delayMs) => {
      const key = {};
      timers.set(key, { at: now + delayMs, act });
      return () => void timers.delete(key);
    },
    pass(ms) {
      now += ms;
      for (const [key, { at, act }] of timers) {
        if (at > now) continue;
        timers.delete(key);
        act();
      }
    },
  };
}

function start() {
  const [shown, clock] = [[] as string[], fakeClock()];
  return { shown, clock, throttle: createThrottle((line) => shown.push(line), 1_000, clock) };
}

describe('createThrottle', () => {
  it('shows the first line at once, and of many the last one when its time has come', () => {
    const { shown, clock, throttle } = start();
    for (let index = 0; index < 100; index++) throttle.say(`line ${index}`, false);
    expect(shown).toEqual(['line 0']);
    clock.pass(1_000);
    expect(shown).toEqual(['line 0', 'line 99']);
    clock.pass(5_000);
    throttle.say('later', false);
    expect(shown).toEqual(['line 0', 'line 99', 'later']);
  });

  it('lets at most one line pass in its time, however long it goes on', () => {
    const { shown, clock, throttle } = start();
    for (let index = 0; index < 1_000; index++) {
      throttle.say(`line ${index}`, false);
      clock.pass(10);
    }
    expect(shown.length).toBeLessThanOrEqual(11);
  });

  it('shows every urgent line at once, and no line that waited before it', () => {
    const { shown, clock, throttle } = start();
    throttle.say('one', false);
    throttle.say('two', false);
    throttle.say('first alarm', true);
    throttle.say('second alarm', true);
    clock.pass(1_000);
    expect(shown).toEqual(['one', 'first alarm', 'second alarm']);
  });

  it('shows no line twice in a row', () => {
    const { shown, clock, throttle } = start();
    throttle.say('same', false);
    clock.pass(2_000);
    throttle.say('same', true);
    expect(shown).toEqual(['same']);
  });

  it('shows nothing after its end', () => {
    const { shown, clock, throttle } = start();
    throttle.say('one', false);
    throttle.say('two', false);
    throttle.stop();
    clock.pass(9_000);
    expect(shown).toEqual(['one']);
  });
});
