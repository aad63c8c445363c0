import { hitSchema, type Ledger, paymentSchema } from './ledger.js';

/** `Ledger` in memory, for specs. */
export interface FakeLedger extends Ledger {
  /** From now on another command runs. */
  startRun(run: string): void;
}

export function createFakeLedger(firstRun = 'run-1'): FakeLedger {
  const payments: string[] = [];
  const hits: string[] = [];
  let run = firstRun;
  return {
    get run() {
      return run;
    },
    startRun: (next) => {
      run = next;
    },
    addPayment: async (payment) => void payments.push(JSON.stringify(payment)),
    readPayments: async () => payments.map((line) => paymentSchema.parse(JSON.parse(line))),
    addHits: async (added) => void hits.push(...added.map((hit) => JSON.stringify(hit))),
    readHits: async () => hits.map((line) => hitSchema.parse(JSON.parse(line))),
  };
}
