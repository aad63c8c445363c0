import { z } from 'zod';

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

const amount = z.number().nonnegative().nullable();
/** `price-list-inexact` and the like; text, so that a ledger outlives the list of sources. */
const source = z.string().nullable().default(null);

const usageSchema = z.object({
  model: z.string().nullable(),
  inputTokens: amount,
  cachedInputTokens: amount,
  outputTokens: amount,
  costUsd: amount.optional(),
  costSource: source,
});

const startSchema = z.object({
  kind: z.literal('start'),
  /** Joins a start and its end. */
  id: z.string().min(1),
  at: z.iso.datetime(),
  /** The command of Nx that it was started by; see `Ledger.run`. */
  run: z.string(),
  project: z.string(),
  target: z.string(),
  /** The hash that Nx stores the stage's result under; null outside Nx. */
  key: z.string().nullable(),
  agent: z.string(),
  /** The model that was asked for; null for the agent's default. */
  model: z.string().nullable(),
  owner: z.object({ pid: z.int(), startedAt: z.string().nullable(), place: z.string().optional() }),
});

const endSchema = z.object({
  kind: z.literal('end'),
  id: z.string().min(1),
  at: z.iso.datetime(),
  /** The outcome's kind, such as `completed`. */
  ended: z.string(),
  costUsd: amount,
  costSource: source,
  usage: z.array(usageSchema),
});

/** One line on an agent's run. A start without an end was killed, or is under way. */
export const paymentSchema = z.discriminatedUnion('kind', [startSchema, endSchema]);
export type Payment = z.infer<typeof paymentSchema>;
export type PaymentStart = z.infer<typeof startSchema>;
export type PaymentEnd = z.infer<typeof endSchema>;
export type PaidUsage = z.infer<typeof usageSchema>;

/** One line on a result that a command had from the cache instead of running agents for it. */
export const hitSchema = z.object({
  at: z.iso.datetime(),
  run: z.string(),
  project: z.string(),
  target: z.string(),
  key: z.string(),
  /** What its agents cost when they ran, wherever that was. */
  costUsd: amount,
  isInexact: z.boolean(),
});
export type Hit = z.infer<typeof hitSchema>;
