import type { Severity } from './finding.js';
import type { Verdict } from './verdict.js';

const LEVEL: Readonly<Record<Severity, string>> = { critical: 'error', high: 'error', medium: 'warning', low: 'note' };
const RULE = 'agent-review';

/** A verdict as a SARIF 2.1.0 log (docs.oasis-open.org/sarif/sarif/v2.1.0), for code scanning. */
export function renderSarif({ findings }: Verdict): Record<string, unknown> {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'nx-fleet', rules: [{ id: RULE, shortDescription: { text: 'A finding of an independent reviewer' } }] } },
        results: findings.map((finding) => ({
          ruleId: RULE,
          level: LEVEL[finding.severity],
          message: { text: [finding.title, finding.body, finding.recommendation].filter(Boolean).join('\n\n') },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: finding.file.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' },
                ...(finding.startLine === 0 ? {} : { region: { startLine: finding.startLine, endLine: finding.endLine } }),
              },
            },
          ],
          properties: {
            severity: finding.severity,
            confidence: finding.confidence,
            reviewers: finding.reviewers,
            blocking: finding.blocking,
          },
        })),
      },
    ],
  };
}
