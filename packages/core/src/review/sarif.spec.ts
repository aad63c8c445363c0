import { aFinding, aReview } from './finding.contract.js';
import { renderSarif } from './sarif.js';
import { reachVerdict } from './verdict.js';

function resultsOf(...findings: readonly Parameters<typeof aFinding>[0][]): unknown {
  const log = renderSarif(reachVerdict([aReview({ findings: findings.map((finding) => aFinding(finding)) })], 'high'));
  return (log['runs'] as readonly { readonly results: unknown }[])[0]?.results;
}

describe('renderSarif', () => {
  it('has one run, without results when there are no findings', () => {
    expect(renderSarif(reachVerdict([aReview()], 'high'))).toMatchObject({
      version: '2.1.0',
      runs: [{ tool: { driver: { name: 'nx-fleet' } }, results: [] }],
    });
  });

  it('places a finding by an encoded path relative to the repository, and its lines', () => {
    expect(resultsOf({ file: 'src/my app#1.ts', startLine: 3, endLine: 4 })).toMatchObject([
      {
        ruleId: 'agent-review',
        level: 'error',
        message: { text: 'Null is not handled\n\nThe value may be null.\n\nCheck for null.' },
        locations: [{ physicalLocation: { artifactLocation: { uri: 'src/my%20app%231.ts' }, region: { startLine: 3, endLine: 4 } } }],
        properties: { severity: 'high', reviewers: ['codex'], blocking: true },
      },
    ]);
  });

  it('gives no lines for a finding on the file as a whole', () => {
    expect(JSON.stringify(resultsOf({ startLine: 0, endLine: 0 }))).not.toContain('region');
  });

  it.each([
    ['critical', 'error'],
    ['high', 'error'],
    ['medium', 'warning'],
    ['low', 'note'],
  ] as const)('shows %s as %s', (severity, level) => {
    expect(resultsOf({ severity })).toMatchObject([{ level }]);
  });
});
