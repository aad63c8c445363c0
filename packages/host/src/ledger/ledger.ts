import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { type Hit, hitSchema, type Ledger, parseJson, type Payment, paymentSchema, UserError } from '@nx-fleet/core';
import { readFileIfPresent } from '@nx-fleet/system';
import type { z } from 'zod';
import { stateDirectory } from '../state/state-directory.js';
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

/** A file of JSON lines that only ever grows. */
export interface Book<Entry> {
  /** @returns when the disk has them */
  add(entries: readonly Entry[]): Promise<void>;
  read(): Promise<readonly Entry[]>;
}

/**
 * Many processes may add at the same time: each write is one call at the file's end. Every entry begins with a line end of its own, so that what
 * a full disk or a crash of the machine has torn off spoils no other entry.
 */
function createBook<Entry>(file: string, schema: z.ZodType<Entry>): Book<Entry> {
  return {
    add: async (entries) => {
      if (entries.length > 0) await append(file, entries.map((entry) => `\n${JSON.stringify(entry)}\n`).join(''));
    },
    read: async () => {
      const lines = ((await readFileIfPresent(file)) ?? '').split('\n');
      return lines.flatMap((line) => parseLine(line, file, schema));
    },
  };
}

async function append(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const handle = await open(file, 'a', 0o600);
  try {
    const bytes = Buffer.from(text);
    const { bytesWritten } = await handle.write(bytes);
    if (bytesWritten < bytes.length)
      throw new Error(`Only ${bytesWritten} of ${bytes.length} bytes went into "${file}": is the disk full?`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function parseLine<Entry>(line: string, file: string, schema: z.ZodType<Entry>): readonly Entry[] {
  const value = parseJson(line);
  if (value === undefined) return [];
  const { data } = schema.safeParse(value);
  if (data !== undefined) return [data];
  throw new UserError(
    `"${file}" holds an entry that this version of nx-fleet does not know, and budgets need all entries. Update nx-fleet; or move the file away to start counting from zero.`,
  );
}
