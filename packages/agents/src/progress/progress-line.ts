import { describeCost, describeCount, type ModelUsage, printable, printableLine } from '@nx-fleet/core';
import type { Pricer } from '../price/price-usage.js';

/** How far an agent has come. */
export interface Meter {
  /** `turn` where the program tells its answers apart, else `step`. */
  readonly unit: 'turn' | 'step';
  readonly count: number;
  /** Tokens so far, one entry for each request where they are distinguished. */
  readonly usage: readonly ModelUsage[];
}

/** What one line of a program's output means for the user. */
export interface Progress {
  readonly lines: readonly string[];
  /** True for what must not be left out: a refusal, a wait. */
  readonly isUrgent: boolean;
  readonly meter: Meter;
}

/** `claude: edits src/a.ts (turn 4, 31k tokens, ~$0.12)`, or an empty text when there is nothing to say. Untrusted text is made printable. */
export function progressLine(said: string, { name, meter }: { readonly name: string; readonly meter: Meter }, price: Pricer): string {
  const { unit, count, usage } = meter;
  const activity = printableLine(printable(said), 160);
  if (activity === '') return '';
  const facts = [...(count === 0 ? [] : [`${unit} ${count}`]), ...describeUsage(usage, price)];
  return `${name}: ${activity}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`;
}

function describeUsage(usage: readonly ModelUsage[], price: Pricer): readonly string[] {
  const tokens = usage.reduce((total, { inputTokens, outputTokens }) => total + (inputTokens ?? 0) + (outputTokens ?? 0), 0);
  if (tokens === 0) return [];
  const costs = usage.map(price).filter((cost) => cost !== null);
  if (costs.length < usage.length) return [`${describeCount(tokens)} tokens`];
  const costUsd = costs.reduce((total, cost) => total + cost, 0);
  // Until the program ends, what it cost is our own guess.
  return [`${describeCount(tokens)} tokens`, describeCost(costUsd, 'price-list-inexact')];
}

/** The clock of a throttle. */
export interface Clock {
  readonly nowMs: () => number;
  /** Calls `act` after some milliseconds, unless what it returns is called before. */
  readonly schedule: (act: () => void, delayMs: number) => () => void;
}

export interface Throttle {
  /** Shows a line at once or later; of several that come too fast the last one. An urgent line is always shown, at once. */
  say(line: string, isUrgent: boolean): void;
  /** Ends it: nothing is shown any more. */
  stop(): void;
}

/** Lets at most one line pass in `intervalMs`, so that a log is not flooded; what is going on now is shown in the end, however fast it came. */
export function createThrottle(show: (line: string) => void, intervalMs: number, clock: Clock): Throttle {
  let shownAtMs = -Infinity;
  let shown = '';
  let cancel: (() => void) | undefined;
  const pass = (line: string): void => {
    cancel?.();
    cancel = undefined;
    if (line === shown) return;
    [shownAtMs, shown] = [clock.nowMs(), line];
    show(line);
  };
  return {
    say(line, isUrgent) {
      const waitMs = shownAtMs + intervalMs - clock.nowMs();
      if (isUrgent || waitMs <= 0) return pass(line);
      cancel?.();
      cancel = clock.schedule(() => pass(line), waitMs);
    },
    stop: () => cancel?.(),
  };
}

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  schedule: (act, delayMs) => {
    const timer = setTimeout(act, delayMs);
    return () => clearTimeout(timer);
  },
};
