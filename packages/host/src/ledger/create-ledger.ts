import path from 'node:path';
import { hitSchema, paymentSchema, type Ledger } from '@nx-fleet/core';
import { stateDirectory } from '../state-directory.js';
import { createBook } from './book.js';
import { identifyRun, type LedgerOptions } from './identify-run.js';

/** The ledger of a repository under `.nx-fleet/local/ledger/` of its main worktree, where neither git nor Nx look. */
export function createLedger({ mainWorktree, env }: LedgerOptions): Ledger {
  const directory = path.join(stateDirectory(mainWorktree), 'local', 'ledger');
  const payments = createBook(path.join(directory, 'payments.jsonl'), paymentSchema);
  const hits = createBook(path.join(directory, 'hits.jsonl'), hitSchema);
  let run: string | undefined;
  return {
    get run() {
      return (run ??= identifyRun({ mainWorktree, env }));
    },
    addPayment: (payment) => payments.add([payment]),
    readPayments: () => payments.read(),
    addHits: (added) => hits.add(added),
    readHits: () => hits.read(),
  };
}
