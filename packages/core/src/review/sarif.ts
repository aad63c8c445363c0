import { LENSES, type Finding, type Lens, type Severity } from './finding.js';
import type { Verdict } from './verdict.js';

const LEVEL: Readonly<Record<Severity, string>> = { critical: 'error', high: 'error', medium: 'warning', low: 'note' };
const RULES: Readonly<Record<Lens, string>> = {
  correctness: 'The change gives wrong results or fails',
  security: 'The change opens a way in',
  'data-loss': 'The change can lose or damage data',
  tests: 'The tests prove less than they seem to',
  spec: 'The change does not do what the issue asks',
  rules: "The change breaks the repository's rules",
};

/** A verdict as a SARIF 2.1.0 log (docs.oasis-open.org/sarif/sarif/v2.1.0), for code scanning. A rule for each lens; confidence is the rank. */
export function renderSarif({ findings, reviewers, verdict, tree }: Verdict): Record<string, unknown> {
  const dropped = reviewers.flatMap(({ reviewer, ungrounded }) =>
    ungrounded.map(({ title }) => `${reviewer}, on no place in the change: ${title}`),
  );
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'nx-fleet', rules: LENSES.map((lens) => ({ id: lens, shortDescription: { text: RULES[lens] } })) } },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: dropped.map((text) => ({ level: 'note', message: { text: plainText(text) } })),
          },
        ],
        results: findings.map((finding, index) => renderResult(finding, occurrence(findings, index))),
        properties: { verdict, tree },
      },
    ],
  };
}

function renderResult(finding: Verdict['findings'][number], occurrence: number): Record<string, unknown> {
  const { lens, severity, confidence, file, startLine, endLine, reviewers, blocking } = finding;
  return {
    ruleId: lens,
    ruleIndex: LENSES.indexOf(lens),
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
    partialFingerprints: { 'nxFleetFinding/v1': `${identityOf(finding)} ${occurrence}` },
    properties: { severity, confidence, reviewers, blocking },
  };
}

/** What the first said, and what others say besides. */
function messageOf({ title, body, recommendation, said }: Verdict['findings'][number]): string {
  const words = [title, body, recommendation].filter(Boolean).join('\n\n');
  const others = said
    .slice(1)
    .map((other) => `${other.reviewer}: ${[other.title, other.body, other.recommendation].filter(Boolean).join('\n\n')}`);
  // A message must not be empty.
  return [words, ...others].join('\n\n') || '-';
}

/** Lines and severities change between runs, and a finding stays the same: its lens, its file and what its title says. */
function identityOf({ lens, file, title }: Finding): string {
  return [
    lens,
    uriOf(file),
    title
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu)
      ?.join('-') ?? '',
  ].join(' ');
}

/** Two findings that say the same in one file are told apart by their order. */
function occurrence(findings: readonly Finding[], index: number): number {
  const identity = findings[index] === undefined ? '' : identityOf(findings[index]);
  return findings.slice(0, index).filter((other) => identityOf(other) === identity).length + 1;
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
