import { renderCodeQuality, renderReportSarif } from './report-files.js';
import { anIgnore, reportOn, verdictOn } from './report.contract.js';
import { aReview } from '../review/finding.contract.js';
import { reachVerdict } from '../review/verdict.js';

const remark = { severity: 'high', title: 'Elsewhere', file: '', startLine: 0 } as const;
const sources = {
  a: verdictOn([{}, { severity: 'low', title: 'Slow', startLine: 0, endLine: 0 }]),
  b: reachVerdict([aReview({ verdict: 'request-changes', ungrounded: [remark] })], 'high'),
};
const [dismissed] = reportOn(sources).findings.filter(({ title }) => title === 'Null is not handled');
const report = reportOn(sources, { ignores: [anIgnore(dismissed?.fingerprint ?? '')] });

describe('the SARIF log of a report', () => {
  it('has all findings, the dismissed ones as suppressed with the reason, and remarks without a place as notes', () => {
    const log = renderReportSarif(report);
    expect(log).toMatchObject({
      runs: [
        {
          invocations: [{ toolExecutionNotifications: [{ message: { text: 'codex, on no place in the change: Elsewhere' } }] }],
          results: [
            { message: { text: expect.stringMatching(/^Slow/) } },
            {
              partialFingerprints: { 'nxFleetFinding/v1': dismissed?.fingerprint },
              suppressions: [{ kind: 'external', status: 'accepted', justification: 'It is meant so.' }],
            },
          ],
        },
      ],
    });
    expect(JSON.stringify(log).match(/suppressions/g)).toHaveLength(1);
  });
});

describe('the code quality report', () => {
  it('leaves out a remark that names a file outside of the change', () => {
    const remarks = reachVerdict([aReview({ verdict: 'request-changes', ungrounded: [{ ...remark, file: 'x.ts' }] })], 'high');
    expect(renderCodeQuality(reportOn({ b: remarks }))).toEqual([]);
  });

  it('has what names a place and was not dismissed, in the words of GitLab', () => {
    expect(renderCodeQuality(report)).toEqual([
      {
        description: 'Slow',
        check_name: 'nx-fleet/correctness',
        fingerprint: report.findings.find(({ title }) => title === 'Slow')?.fingerprint,
        severity: 'minor',
        content: { body: 'The value may be null.' },
        location: { path: 'src/app.ts', lines: { begin: 1, end: 1 } },
      },
    ]);
  });
});
