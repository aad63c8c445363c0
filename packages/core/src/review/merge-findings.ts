import { SEVERITIES, type Finding } from './finding.js';
import type { Review } from './review.js';

/** A finding with the reviewers that made it. */
export interface MergedFinding extends Finding {
  readonly reviewers: readonly string[];
}

const NEARBY_LINES = 3;
const SIMILAR_TITLES = 0.4;

/** Findings of all reviewers, worst first. Same place and same claim is one finding; that two agree raises its confidence. */
export function mergeFindings(reviews: readonly Pick<Review, 'reviewer' | 'findings'>[]): readonly MergedFinding[] {
  const merged: MergedFinding[] = [];
  for (const { reviewer, findings } of reviews) {
    for (const finding of findings) {
      const index = merged.findIndex((other) => !other.reviewers.includes(reviewer) && isSameClaim(other, finding));
      const same = merged[index];
      if (same === undefined) merged.push({ ...finding, reviewers: [reviewer] });
      else merged[index] = agree(same, finding, reviewer);
    }
  }
  return merged.sort(
    (one, other) =>
      SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) ||
      other.confidence - one.confidence ||
      one.file.localeCompare(other.file, 'en') ||
      one.startLine - other.startLine,
  );
}

function agree(same: MergedFinding, finding: Finding, reviewer: string): MergedFinding {
  const worse = SEVERITIES.indexOf(finding.severity) < SEVERITIES.indexOf(same.severity) ? finding : same;
  const confidence = 1 - (1 - same.confidence) * (1 - finding.confidence);
  return { ...worse, confidence: Math.round(confidence * 100) / 100, reviewers: [...same.reviewers, reviewer] };
}

function isSameClaim(one: Finding, other: Finding): boolean {
  const isSamePlace =
    one.file === other.file && one.startLine <= other.endLine + NEARBY_LINES && other.startLine <= one.endLine + NEARBY_LINES;
  return isSamePlace && similarity(words(one.title), words(other.title)) >= SIMILAR_TITLES;
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? []);
}

function similarity(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const common = [...one].filter((word) => other.has(word)).length;
  const all = new Set([...one, ...other]).size;
  return all === 0 ? 0 : common / all;
}
