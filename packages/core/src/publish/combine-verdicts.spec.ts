import { aReview } from '../review/finding.contract.js';
import { reachVerdict } from '../review/verdict.js';
import { remember } from './comment-state.js';
import { anIgnore, reportOn, verdictOn } from './report.contract.js';
import { readReplies } from './read-replies.js';
import type { ReviewReport } from './review-report.js';

const first = reportOn({ a: verdictOn([{}, { title: 'Slow', severity: 'low' }]), b: verdictOn([{ file: 'b.ts', severity: 'critical' }]) });
const [gravest, blocking, note] = first.findings;
const names = ({ findings }: ReviewReport): readonly string[] => findings.map(({ fingerprint }) => fingerprint);

describe('combineVerdicts', () => {
  it('has the findings of all projects, the gravest first', () => {
    expect(first).toMatchObject({
      verdict: 'request-changes',
      reviewed: ['a', 'b'],
      findings: [
        { project: 'b', severity: 'critical', blocking: true },
        { project: 'a', severity: 'high', blocking: true },
        { project: 'a', severity: 'low', blocking: false },
      ],
    });
    expect(reportOn({ a: verdictOn([]) })).toMatchObject({ verdict: 'approve', findings: [] });
  });

  it('lets no change through of which a project has no verdict', () => {
    expect(reportOn({ a: verdictOn([]), b: null })).toMatchObject({ verdict: 'request-changes', reviewed: ['a'], missing: ['b'] });
  });

  it('names a reviewer that asks for changes without a word why', () => {
    const mute = reachVerdict([aReview({ verdict: 'request-changes' })], 'high');
    expect(reportOn({ a: mute })).toMatchObject({ verdict: 'request-changes', unexplained: ['a'], findings: [] });
  });

  it('shows what is gone as resolved, and remembers it', () => {
    const known = first.findings.map(remember);
    const second = reportOn({ a: verdictOn([{ title: 'Slow', severity: 'low' }]), b: verdictOn([]) }, { known });
    expect(second.verdict).toBe('approve');
    expect(second.resolved.map(({ fingerprint }) => fingerprint)).toEqual([gravest?.fingerprint, blocking?.fingerprint]);
    const third = reportOn({ a: verdictOn([]) }, { known: [...second.findings.map(remember), ...second.resolved] });
    expect(third.resolved).toHaveLength(3);
    expect(reportOn({ a: verdictOn([{}]) }, { known: third.resolved }).resolved).toHaveLength(2);
  });

  it('says nothing of what a project without a verdict had', () => {
    const report = reportOn({ a: verdictOn([]), b: null }, { known: first.findings.map(remember) });
    expect(report.unknown.map(({ fingerprint }) => fingerprint)).toEqual([gravest?.fingerprint]);
    expect(report.resolved).toHaveLength(2);
    const resolved = first.findings.map((finding) => ({ ...remember(finding), resolved: true }));
    expect(reportOn({ a: verdictOn([]), b: null }, { known: resolved })).toMatchObject({ unknown: [], resolved });
  });

  it('keeps dismissed by a reply what is said in other words later', () => {
    const before = reportOn({ a: verdictOn([{ title: 'Null is not handled here' }]) });
    const replies = { words: new Map([[names(before)[0] ?? '', { reason: 'Fine.', by: 'bob' }]]), refused: [] };
    const later = reportOn({ a: verdictOn([{}]) }, { known: before.findings.map(remember), replies });
    expect(later).toMatchObject({
      verdict: 'approve',
      findings: [{ earlier: names(before), dismissal: { reason: 'Fine.', from: 'reply' } }],
    });
    expect(reportOn({ a: verdictOn([{}]) }, { replies }).verdict).toBe('request-changes');
  });

  it('goes by the last word on it, by whichever of its names', () => {
    const before = reportOn({ a: verdictOn([{ title: 'Null is not handled here' }]) });
    const [old = '', current = ''] = [...names(before), ...names(reportOn({ a: verdictOn([{}]) }))];
    const verdictAfter = (...statements: readonly string[]): string => {
      const replies = readReplies(statements.map((text) => ({ author: 'bob', text, mayDismiss: true })));
      return reportOn({ a: verdictOn([{}]) }, { known: before.findings.map(remember), replies }).verdict;
    };
    expect(verdictAfter(`nx-fleet dismiss ${old} fine`)).toBe('approve');
    expect(verdictAfter(`nx-fleet dismiss ${old} fine`, `nx-fleet undismiss ${current}`)).toBe('request-changes');
    expect(verdictAfter(`nx-fleet undismiss ${current}`, `nx-fleet dismiss ${old} fine`)).toBe('approve');
    expect(verdictAfter(`nx-fleet dismiss ${current} fine`, `nx-fleet undismiss ${old}`)).toBe('request-changes');
  });

  it('goes by the ignore file for the words of now alone, as the gate does, and says which entry matches nothing', () => {
    const before = reportOn({ a: verdictOn([{ title: 'Null is not handled here' }]) });
    const known = before.findings.map(remember);
    const [old = '', current = ''] = [...names(before), ...names(reportOn({ a: verdictOn([{}]) }))];
    const later = reportOn({ a: verdictOn([{}]) }, { known, ignores: [anIgnore(old)] });
    expect(later).toMatchObject({ verdict: 'request-changes', ignores: { unmatched: [old] } });
    expect(names(later)).toEqual([current]);
    expect(reportOn({ a: verdictOn([{}]) }, { known, ignores: [anIgnore(current)] })).toMatchObject({
      verdict: 'approve',
      ignores: { unmatched: [] },
    });
  });

  it('tells apart what two projects are told in the same words of no place', () => {
    const objection = { severity: 'high', title: 'No test covers the change', file: '', startLine: 0 } as const;
    const verdict = reachVerdict([aReview({ verdict: 'request-changes', ungrounded: [objection] })], 'high');
    const [one = '', other = ''] = names(reportOn({ a: verdict, b: verdict }));
    expect(one).not.toBe(other);
    expect(reportOn({ a: verdict, b: verdict }, { ignores: [anIgnore(one)] }).findings.map(({ blocking }) => blocking)).toEqual([
      true,
      false,
    ]);
  });

  it('tells of each dismissal whose it is', () => {
    const ignores = [anIgnore(blocking?.fingerprint ?? '', { by: 'ada' })];
    const replies = { words: new Map([[gravest?.fingerprint ?? '', { reason: 'Fine.', by: 'bob' }]]), refused: [] };
    const report = reportOn({ a: verdictOn([{}]), b: verdictOn([{ file: 'b.ts', severity: 'critical' }]) }, { ignores, replies });
    expect(report.verdict).toBe('approve');
    expect(report.findings.map(({ dismissal }) => dismissal)).toEqual([
      { reason: 'Fine.', by: 'bob', from: 'reply', expires: null },
      { reason: 'It is meant so.', by: 'ada', from: 'file', expires: '2026-12-31' },
    ]);
  });

  it('names entries that have expired and entries that match nothing', () => {
    const ignores = [
      anIgnore(blocking?.fingerprint ?? '', { expires: '2026-05-31' }),
      anIgnore('aaaaaaaaaaaa'),
      anIgnore('bbbbbbbbbbbb'),
      anIgnore('cccccccccccc', { expires: '2026-05-31' }),
    ];
    expect(reportOn({ a: verdictOn([{}]) }, { ignores })).toMatchObject({
      verdict: 'request-changes',
      ignores: {
        expired: [blocking?.fingerprint, 'cccccccccccc'],
        unmatched: ['aaaaaaaaaaaa', 'bbbbbbbbbbbb'],
      },
    });
  });

  it('has a remark without a place among the findings when it blocks, and among the notes when not', () => {
    const remark = { severity: 'high', title: 'Elsewhere', file: '', startLine: 0 } as const;
    const objection = reachVerdict([aReview({ verdict: 'request-changes', ungrounded: [remark] })], 'high');
    const report = reportOn({ a: objection, b: reachVerdict([aReview({ ungrounded: [remark] })], 'high') });
    expect(report.findings).toMatchObject([{ project: 'a', category: null, blocking: true, title: 'Elsewhere' }]);
    expect(report.notes).toEqual(['codex, on no place in the change: Elsewhere']);
    const ignores = [anIgnore(names(report)[0] ?? '')];
    expect(reportOn({ a: objection }, { ignores }).verdict).toBe('approve');
  });

  it('does not trust what a verdict says of blocking', () => {
    const verdict = verdictOn([{}]);
    const forged = {
      ...verdict,
      verdict: 'approve' as const,
      findings: verdict.findings.map((one) => ({ ...one, blocking: false, dismissed: 'x' })),
    };
    expect(reportOn({ a: forged })).toMatchObject({ verdict: 'request-changes', findings: [{ blocking: true, dismissal: null }] });
  });

  it('speaks of a refused reply only where it would have counted', () => {
    const refused = [note, { fingerprint: 'aaaaaaaaaaaa' }].map((one) => ({
      fingerprint: one?.fingerprint ?? '',
      by: 'eve',
      why: 'no-write-access' as const,
    }));
    const report = reportOn({ a: verdictOn([{ title: 'Slow', severity: 'low' }]) }, { replies: { words: new Map(), refused } });
    expect(report.refusedReplies).toEqual([refused[0]]);
    const dismissed = new Map([[note?.fingerprint ?? '', { reason: 'Fine.', by: 'ada' }]]);
    const settled = reportOn({ a: verdictOn([{ title: 'Slow', severity: 'low' }]) }, { replies: { words: dismissed, refused } });
    expect(settled.refusedReplies).toEqual([]);
  });
});
