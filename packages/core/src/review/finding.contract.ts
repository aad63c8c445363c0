import type { Finding } from './finding.js';
import { ARTIFACT_VERSION, schemaReference } from './published-schema.js';
import type { Review } from './review.js';

/** A finding for specs. */
export function aFinding(change: Partial<Finding> = {}): Finding {
  return {
    category: 'correctness',
    severity: 'high',
    confidence: 0.8,
    title: 'Null is not handled',
    body: 'The value may be null.',
    file: 'src/app.ts',
    startLine: 10,
    endLine: 12,
    recommendation: 'Check for null.',
    ...change,
  };
}

/** A review for specs. */
export function aReview(change: Partial<Review> = {}): Review {
  return {
    $schema: schemaReference('review'),
    version: ARTIFACT_VERSION,
    reviewer: 'codex',
    vendor: change.reviewer ?? 'codex',
    model: null,
    baseTree: 'b'.repeat(40),
    tree: 'a'.repeat(40),
    verdict: 'approve',
    summary: 'Fine.',
    findings: [],
    ungrounded: [],
    ...change,
  };
}
