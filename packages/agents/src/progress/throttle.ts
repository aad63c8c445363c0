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
