import path from 'node:path';
import { hitSchema, paymentSchema, type Hit, type Ledger, type Payment } from '@nx-fleet/core';
import { stateDirectory } from '../state-directory.js';
import { createBook, type Book } from './book.js';
import { identifyRun } from './identify-run.js';

interface LedgerOptions {
  /** The worktree that the command runs in. */
  readonly workspaceRoot: string;
  readonly findMainWorktree: () => Promise<string>;
  readonly env: Readonly<Record<string, string>>;
}

interface Books {
  readonly payments: Book<Payment>;
  readonly hits: Book<Hit>;
}

/** The ledger of a repository under `.nx-fleet/local/ledger/` of its main worktree, where neither git nor Nx look. */
export function createLedger({ workspaceRoot, findMainWorktree, env }: LedgerOptions): Ledger {
  const open = async (): Promise<Books> => {
    const directory = path.join(stateDirectory(await findMainWorktree()), 'local', 'ledger');
    return {
      payments: createBook(path.join(directory, 'payments.jsonl'), paymentSchema),
      hits: createBook(path.join(directory, 'hits.jsonl'), hitSchema),
    };
  };
  let run: string | undefined;
  return {
    get run() {
      return (run ??= identifyRun({ workspaceRoot, env }));
    },
    addPayment: async (payment) => (await open()).payments.add([payment]),
    readPayments: async () => (await open()).payments.read(),
    addHits: async (added) => (await open()).hits.add(added),
    readHits: async () => (await open()).hits.read(),
  };
}
