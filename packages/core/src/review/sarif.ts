import { findingFingerprints } from './finding-fingerprint.js';
import { CATEGORIES, type Finding, type Category, type Severity } from './finding.js';
import type { Verdict } from './verdict.js';

const LEVEL: Readonly<Record<Severity, string>> = { critical: 'error', high: 'error', medium: 'warning', low: 'note' };
const RULES: Readonly<Record<Category, string>> = {
  correctness: 'The change gives wrong results or fails',
  security: 'The change opens a way in',
  'data-loss': 'The change can lose or damage data',
  tests: 'The tests prove less than they seem to',
  spec: 'The change does not do what the issue asks',
  rules: "The change breaks the repository's rules",
};

export interface SarifFinding extends Pick<Verdict['findings'][number], keyof Finding | 'statements' | 'reviewers' | 'blocking'> {
  readonly fingerprint: string;
  /** Why somebody has dismissed it. */
  readonly dismissed?: string | undefined;
}

export interface SarifContent {
  readonly findings: readonly SarifFinding[];
  /** What is said besides, of no place. */
  readonly notes: readonly string[];
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A verdict as a SARIF 2.1.0 log (docs.oasis-open.org/sarif/sarif/v2.1.0), for code scanning. */
export function renderSarif({ findings, reviewers, verdict, tree }: Verdict): Record<string, unknown> {
  const names = findingFingerprints(findings);
  return renderSarifLog({
    findings: findings.map((finding, index) => ({ ...finding, fingerprint: names[index] ?? '' })),
    notes: reviewers.flatMap(({ reviewer, ungrounded }) => ungrounded.map(({ title }) => unplacedNote(reviewer, title))),
    properties: { verdict, tree },
  });
}

/** What a remark that names no place in the change becomes. */
export function unplacedNote(reviewer: string, title: string): string {
  return `${reviewer}, on no place in the change: ${title}`;
}

/** One run with a rule for each category; confidence is the rank, and what was dismissed is suppressed. */
export function renderSarifLog({ findings, notes, properties }: SarifContent): Record<string, unknown> {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'nx-fleet',
            rules: CATEGORIES.map((category) => ({ id: category, shortDescription: { text: RULES[category] } })),
          },
        },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: notes.map((text) => ({ level: 'note', message: { text: plainText(text) } })),
          },
        ],
        results: findings.map(renderResult),
        properties,
      },
    ],
  };
}

function renderResult(finding: SarifFinding): Record<string, unknown> {
  const { category, severity, confidence, file, startLine, endLine, reviewers, blocking, fingerprint, dismissed } = finding;
  return {
    ruleId: category,
    ruleIndex: CATEGORIES.indexOf(category),
    level: LEVEL[severity],
    rank: Math.round(confidence * 100),
    message: { text: plainText(messageOf(finding)) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(file), uriBaseId: '%SRCROOT%' },
          ...(startLine === 0 ? {} : { region: { startLine, endLine: Math.max(startLine, endLine) } }),
        },
      },
    ],
    partialFingerprints: { 'nxFleetFinding/v1': fingerprint },
    ...(dismissed === undefined ? {} : { suppressions: [{ kind: 'external', status: 'accepted', justification: dismissed }] }),
    properties: { severity, confidence, reviewers, blocking },
  };
}

/** What the first said, and what others say besides. */
function messageOf({ title, body, recommendation, statements }: SarifFinding): string {
  const words = [title, body, recommendation].filter(Boolean).join('\n\n');
  const others = statements
    .slice(1)
    .map((other) => `${other.reviewer}: ${[other.title, other.body, other.recommendation].filter(Boolean).join('\n\n')}`);
  // A message must not be empty.
  return [words, ...others].join('\n\n') || '-';
}

/** In a message, `[text](target)` would be a link, and `{0}` a place for an argument (3.11.5, 3.11.6). */
function plainText(text: string): string {
  const linkless = text.includes('](') ? text.replace(/[\\[\]]/g, '\\$&') : text;
  return linkless.replace(/\{(\d+)\}/g, '{{$1}}');
}

function uriOf(file: string): string {
  return file
    .replace(/\p{Surrogate}/gu, '\u{FFFD}')
    .split('/')
    .map(encodeURIComponent)
    .join('/');
}
