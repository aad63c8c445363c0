import type { FakeFleet } from './fleet.contract.js';

/** What a killed process leaves: its calls from the fatal one on have no effect, whatever it would have done to clean up. */
export class Killed extends Error {
  override readonly message = 'the process was killed';
}

const READS =
  /^(read|list|locate|resolve|is|default|current|dirty|ignored|path|find|forgotten|stashes|mergeBase|log|remote|busy|processes|now|env|machine|commands|variables|type)/;

/**
 * The adapters of a process that is killed at its nth call that changes something: before that call has any effect, or right after it.
 * @returns the adapters, and how many such calls there were so far
 */
export function mortalAdapters(
  { git, host, database }: FakeFleet,
  { at, after }: { readonly at: number; readonly after: boolean },
): Pick<FakeFleet, 'git' | 'host' | 'database'> & { readonly calls: () => number } {
  let calls = 0;
  let isDead = false;
  const wrap = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get: (target, name, receiver) => {
        const value: unknown = Reflect.get(target, name, receiver);
        if (typeof value === 'object' && value !== null && ['registry', 'state', 'artifacts'].includes(String(name))) return wrap(value);
        if (typeof value !== 'function') return value;
        if (READS.test(String(name))) {
          return (...args: unknown[]): unknown => {
            if (isDead) throw new Killed();
            return (value as (...given: unknown[]) => unknown).apply(target, args);
          };
        }
        return async (...args: unknown[]): Promise<unknown> => {
          if (isDead) throw new Killed();
          calls += 1;
          if (calls !== at) return (value as (...given: unknown[]) => unknown).apply(target, args);
          isDead = true;
          if (after) await (value as (...given: unknown[]) => unknown).apply(target, args);
          throw new Killed();
        };
      },
    });
  return { git: wrap(git), host: wrap(host), database: wrap(database), calls: () => calls };
}
