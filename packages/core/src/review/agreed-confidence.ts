/** Agreement alone gives no more confidence than this. */
const MOST = 0.99;

interface Opinion {
  readonly vendor: string;
  /** 0 to 1. */
  readonly confidence: number;
}

/**
 * How sure reviewers are together: 1 − (1 − a)(1 − b)…, with the surest of each vendor, at most 0.99, and never less than the surest of all.
 * Models of one vendor err alike, so they are one opinion. Rounded to hundredths.
 */
export function agreedConfidence(opinions: readonly Opinion[]): number {
  const surest = new Map<string, number>();
  for (const { vendor, confidence } of opinions) surest.set(vendor, Math.max(confidence, surest.get(vendor) ?? 0));
  const doubt = [...surest.values()].reduce((product, confidence) => product * (1 - confidence), 1);
  const together = Math.round(Math.min(MOST, 1 - doubt) * 100) / 100;
  return Math.max(together, ...surest.values());
}
