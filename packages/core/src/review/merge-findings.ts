import { z } from 'zod';
import { type Finding, groundedFindingSchema, SEVERITIES } from './finding.js';
import type { Review } from './review.js';
import { type Agreement, compareClaims } from './same-claim.js';

/** What one reviewer reported, in its own words. */
const statementSchema = groundedFindingSchema.extend({ reviewer: z.string() });

/** One finding of all who made it: the words of the gravest, the confidence of all together. */
export const mergedFindingSchema = groundedFindingSchema.extend({
  reviewers: z.array(z.string()).describe('who made it, as in statements; nx-fleet for what the diff shows by itself'),
  statements: z.array(statementSchema).describe('what each of them said, the one that is quoted above first'),
});

export type MergedFinding = z.infer<typeof mergedFindingSchema>;

type Reviewed = Pick<Review, 'reviewer' | 'vendor' | 'findings'>;

interface Statement {
  readonly reviewer: string;
  readonly vendor: string;
  readonly finding: Finding;
}

/** Findings of all reviewers, worst first. Same place and same claim is one finding, which keeps what each has said. */
export function mergeFindings(reviews: readonly Reviewed[]): readonly MergedFinding[] {
  const claims: Statement[][] = [];
  for (const { reviewer, vendor, findings } of reviews) {
    const partners = pairUp(claims, findings);
    for (const [index, finding] of findings.entries()) {
      const partner = partners.get(index);
      const statement = { reviewer, vendor, finding };
      if (partner === undefined) claims.push([statement]);
      else claims[partner]?.push(statement);
    }
  }
  return claims.map(mergeClaim).sort(compareFindings);
}

/** Which finding joins which claim: each at most one, the closest pairs first. What one reviewer says twice is not a second opinion. */
function pairUp(claims: readonly (readonly Statement[])[], findings: readonly Finding[]): ReadonlyMap<number, number> {
  const pairs = findings.flatMap((finding, index) =>
    claims.flatMap((statements, claim) => {
      const agreement = weakest(statements.map((statement) => compareClaims(statement.finding, finding)));
      return agreement === null ? [] : [{ index, claim, ...agreement }];
    }),
  );
  pairs.sort((one, other) => one.gapLines - other.gapLines || other.likeness - one.likeness);
  const partners = new Map<number, number>();
  const taken = new Set<number>();
  for (const { index, claim } of pairs) {
    if (partners.has(index) || taken.has(claim)) continue;
    partners.set(index, claim);
    taken.add(claim);
  }
  return partners;
}

/** Who joins a claim agrees with all who made it. */
function weakest(agreements: readonly (Agreement | null)[]): Agreement | null {
  let result: Agreement | null = null;
  for (const agreement of agreements) {
    if (agreement === null) return null;
    if (result === null || agreement.gapLines > result.gapLines) result = agreement;
  }
  return result;
}

function mergeClaim(claim: readonly Statement[]): MergedFinding {
  const statements = [...claim].sort(({ finding: one }, { finding: other }) => bySeverity(one, other) || other.confidence - one.confidence);
  const [gravest] = statements;
  if (gravest === undefined) throw new Error('a claim without a reviewer');
  const confidence = agreedConfidence(statements.map(({ vendor, finding }) => ({ vendor, confidence: finding.confidence })));
  return {
    ...gravest.finding,
    confidence,
    reviewers: statements.map(({ reviewer }) => reviewer),
    statements: statements.map(({ reviewer, finding }) => ({ reviewer, ...finding })),
  };
}

function compareFindings(one: MergedFinding, other: MergedFinding): number {
  return (
    bySeverity(one, other) ||
    other.confidence - one.confidence ||
    one.file.localeCompare(other.file, 'en') ||
    one.startLine - other.startLine ||
    one.title.localeCompare(other.title, 'en')
  );
}

function bySeverity(one: Finding, other: Finding): number {
  return SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity);
}

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
