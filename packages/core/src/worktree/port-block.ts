import { fnv1a } from '../text/names.js';

/** Width of the block of ports that one issue owns. */
const PORTS_PER_BLOCK = 10;
/** Below Linux's default ephemeral range (32768–60999, ip(7)), above every port that browsers refuse. */
export const FIRST_PORT = 20_000;
const BLOCKS = 1_000;

export interface PortBlockRequest {
  /** What the first choice is derived from, so that it stays the same over removals: repository and project. */
  readonly name: string;
  /** First ports of blocks that others hold. */
  readonly taken: ReadonlySet<number>;
  /** Ports that no block may hold. */
  readonly reserved: ReadonlySet<number>;
}

/** First port of the block for a name: the slot that its hash gives, or the next one that is free; null when all are taken. */
export function choosePortBlock({ name, taken, reserved }: PortBlockRequest): number | null {
  const start = fnv1a(name) % BLOCKS;
  for (let probe = 0; probe < BLOCKS; probe++) {
    const first = FIRST_PORT + PORTS_PER_BLOCK * ((start + probe) % BLOCKS);
    if (!taken.has(first) && !listBlockPorts(first).some((port) => reserved.has(port))) return first;
  }
  return null;
}

export function listBlockPorts(first: number): number[] {
  return Array.from({ length: PORTS_PER_BLOCK }, (_, index) => first + index);
}

/** Ports by environment variable, in the order of the variables: `{ PORT: 20010, API_PORT: 20011 }`. */
export function portsByVariable(first: number, variables: readonly string[]): Record<string, number> {
  return Object.fromEntries(variables.map((variable, index) => [variable, first + index]));
}
