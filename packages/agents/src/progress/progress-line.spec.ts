import type { ModelUsage } from '@nx-fleet/core';
import { type Clock, createThrottle, type Meter, progressLine } from './progress-line.js';
import { createPricer } from '../price/price-usage.js';

const price = createPricer({ table: { opus: { input: 4, output: 20 } }, list: { price: () => null } });
const usage = (model: string): ModelUsage => ({ model, inputTokens: 15_000, cachedInputTokens: 0, outputTokens: 500 });
const meter = (more: Partial<Meter> = {}): Meter => ({ unit: 'turn', count: 0, usage: [], ...more });

describe('progressLine', () => {
  it('tells what the agent does now, and how far it has come', () => {
    const far = meter({ count: 4, usage: [usage('opus'), usage('opus')] });
    expect(progressLine('edits src/a.ts', { name: 'claude', meter: far }, price)).toBe(
      'claude: edits src/a.ts (turn 4, 31k tokens, ~$0.14)',
    );
  });

  it('leaves out what is unknown', () => {
    expect(progressLine('runs npm test', { name: 'codex', meter: meter() }, price)).toBe('codex: runs npm test');
    expect(progressLine('runs npm test', { name: 'codex', meter: meter({ unit: 'step', count: 2 }) }, price)).toBe(
      'codex: runs npm test (step 2)',
    );
    expect(progressLine('x', { name: 'codex', meter: meter({ usage: [usage('odd')] }) }, price)).toBe('codex: x (16k tokens)');
  });

  it('is one line without control characters, and its facts are never cut off', () => {
    const line = progressLine(`says \u001b[31m${'x\n'.repeat(500)}`, { name: 'claude', meter: meter({ count: 1 }) }, price);
    expect(line).toMatch(/^claude: says x x .*… \(turn 1\)$/);
    expect(line.length).toBeLessThan(200);
    expect(progressLine(' \u001b[0m\n', { name: 'claude', meter: meter({ count: 1 }) }, price)).toBe('');
  });
});

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
