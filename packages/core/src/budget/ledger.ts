import type { Hit, Payment } from './ledger-entry.js';

/**
 * What agents have cost on this machine, and what the cache has saved: two append-only books of the repository. Safe for any number of
 * processes. A process that is killed loses no line that it has written, and spoils none of another.
 */
export interface Ledger {
  /** The command of Nx that this process works for, the outermost where they are nested: the same in each of its tasks, and in no other command. */
  readonly run: string;
  /** @returns when the disk has it */
  addPayment(payment: Payment): Promise<void>;
  /** In the order in which they were added. @throws UserError when the book holds what this version does not know */
  readPayments(): Promise<readonly Payment[]>;
  addHits(hits: readonly Hit[]): Promise<void>;
  readHits(): Promise<readonly Hit[]>;
}
