import { z } from 'zod';
import { objectIdSchema } from '../git/object-id.js';
import type { ChangedFile } from '../git/git.js';
import { printable, printableLine } from '../text/printable.js';
import type { FileDiff } from './file-diff.js';
import { findingSchema, type Finding } from './finding.js';

/** A reviewer's answer. One that asks for changes and names none is not valid. */
export const reviewAnswerSchema = z
  .strictObject({
    verdict: z.enum(['approve', 'request-changes']),
    summary: z.string(),
    findings: z.array(findingSchema),
  })
  .refine(({ verdict, findings }) => verdict === 'approve' || findings.length > 0, {
    path: ['findings'],
    message: 'request-changes needs at least one finding',
  });

/** A review as it is stored: `review.json`. */
export const reviewSchema = z.strictObject({
  reviewer: z.string(),
  model: z.string().nullable(),
  /** What was reviewed; the gate compares it with what it is about to let through. */
  baseTree: objectIdSchema,
  tree: objectIdSchema,
  verdict: z.enum(['approve', 'request-changes']),
  summary: z.string(),
  findings: z.array(findingSchema),
  /** Findings that named no place in the change. */
  ungrounded: z.number().int(),
});

export type Review = z.infer<typeof reviewSchema>;

/**
 * Keeps the findings that lie in the change, with their text made printable: in a file that it touches, and there in a hunk, its context
 * included, or on the file as a whole.
 */
export function groundFindings(
  findings: readonly Finding[],
  changed: readonly ChangedFile[],
  diffs: readonly FileDiff[],
): { readonly grounded: Finding[]; readonly ungrounded: number } {
  const paths = new Set(changed.map((file) => file.path));
  const clean = findings.map((finding) => ({
    ...finding,
    confidence: Math.min(1, Math.max(0, finding.confidence)),
    title: printableLine(finding.title),
    body: printable(finding.body).trim(),
    recommendation: printable(finding.recommendation).trim(),
    file: paths.has(finding.file) ? finding.file : finding.file.replace(/^(?:\.|[ab])\//, ''),
    startLine: Math.max(0, Math.trunc(finding.startLine)),
    endLine: Math.max(0, Math.trunc(finding.endLine), Math.trunc(finding.startLine)),
  }));
  const hunks = new Map(diffs.map((diff) => [diff.path, diff.hunks]));
  const isInHunk = ({ file, startLine, endLine }: Finding): boolean =>
    hunks.get(file)?.some(({ start, end }) => start === 0 || (startLine <= end && endLine >= start)) === true;
  const grounded = clean.filter((finding) => paths.has(finding.file) && (finding.startLine === 0 || isInHunk(finding)));
  return { grounded, ungrounded: clean.length - grounded.length };
}
