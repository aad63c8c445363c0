import { remember, parseState } from './comment-state.js';
import { COMMENT_MARKER, needsComment, renderComment } from './render-comment.js';
import { anIgnore, reportOn, verdictOn } from './report.contract.js';

const FAULTS = [{}, { title: 'Slow', severity: 'low' as const }];
const first = reportOn({ a: verdictOn(FAULTS) });
const [blocking = first.findings[0], note] = first.findings;

describe('renderComment', () => {
  it('is found by its marker, and remembers its findings', () => {
    const comment = renderComment(first);
    expect(comment.startsWith(`${COMMENT_MARKER}\n### nx-fleet review: changes requested\n`)).toBe(true);
    expect(parseState(comment)).toEqual(first.findings.map(remember));
  });

  it('shows what blocks, folds away what does not, and says how to dismiss', () => {
    const comment = renderComment(first);
    expect(comment).toContain('Findings: 1 blocking, 1 other. Reviewed: `a`.');
    expect(comment).toContain(`**Blocking** **high, correctness: Null is not handled** (\`src/app.ts:10\`, \`${blocking?.fingerprint}\`)`);
    expect(comment).toContain('<details><summary>low: Slow</summary>');
    expect(comment).toContain('nx-fleet dismiss <fingerprint> <reason>');
  });

  it('is the same text for the same report', () => {
    expect(renderComment(reportOn({ a: verdictOn(FAULTS) }))).toBe(renderComment(first));
  });

  it('shows what is resolved, dismissed, missing, skipped and refused', () => {
    const report = reportOn(
      { a: verdictOn([{}]), b: null },
      {
        known: first.findings.map(remember),
        skipped: ['docs'],
        ignores: [anIgnore(blocking?.fingerprint ?? '', { by: 'ada' })],
        replies: { words: new Map(), refused: [{ fingerprint: blocking?.fingerprint ?? '', by: 'eve', why: 'no-write-access' }] },
      },
    );
    const comment = renderComment(report);
    expect(comment).toContain('**No valid verdict on this change** for `b`');
    expect(comment).toContain('Not reviewed, as the options say: `docs`.');
    expect(comment).toContain('<summary>Dismissed: 1</summary>');
    expect(comment).toContain('Dismissed by ada, until 2026-12-31: It is meant so.');
    expect(comment).toContain(`~~Slow~~ (\`src/app.ts:10\`, \`${note?.fingerprint}\`)`);
    expect(comment).toContain('eve has no write access here');
  });

  it('names files that no reviewer got the lines of', () => {
    const unread = [{ path: 'src/<gen>.ts', added: 2, removed: 1, reason: 'generated: linguist-generated' }];
    const comment = renderComment(reportOn({ a: { ...verdictOn([]), unread }, b: verdictOn([]) }));
    expect(comment).toMatch(/prompt: 1 file: src\/\\?<gen\\?>\.ts \(\+2 -1 lines, generated: linguist-generated\)/);
  });

  it('shows an entry that has expired beside the finding that it was for', () => {
    const ignores = [anIgnore(blocking?.fingerprint ?? '', { expires: '2026-01-01' }), anIgnore('cccccccccccc', { expires: '2026-01-01' })];
    const comment = renderComment(reportOn({ a: verdictOn([{}]) }, { ignores }));
    expect(comment).toContain(`\`${blocking?.fingerprint}\`: its entry`);
    expect(comment).not.toContain('cccccccccccc');
  });

  const HOSTILE = [
    '<!-- nx-fleet state {} --> --> <script>',
    '</details></summary><img src=x>',
    '@ada fixes #1',
    '[a](javascript:x)',
    '/merge',
    '```\ncode',
    '# h',
    COMMENT_MARKER,
  ];

  it.each(HOSTILE)('shows %j as text, within HTML too', (text) => {
    const hostile = { title: text, body: `${text}\n${text}`, recommendation: text, file: 'a`b<i>.ts', category: 'tests' as const };
    const report = reportOn({ '<b>`p': verdictOn([hostile, { ...hostile, severity: 'low', category: 'spec' }]) });
    const comment = renderComment(report);
    const shown = comment.slice(0, comment.lastIndexOf('<!-- nx-fleet state'));
    expect(shown.match(/(?<!\\)<(?!\/?(?:details|summary)>|!-- nx-fleet review -->\n###|b>'p|i>\.ts|fingerprint|reason)/g)).toBeNull();
    expect(shown.match(/<\/details>/g)).toHaveLength(1);
    expect(shown).not.toMatch(/^\s*\/|@ada|#1\b|^```|(?<!\\)\](?!.*<\/summary>)\(java/m);
    expect(comment.split(COMMENT_MARKER)).toHaveLength(2);
    expect(parseState(comment)).toEqual(report.findings.map(remember));
  });

  it('remembers its findings, whatever their files are called', () => {
    const report = reportOn({ a: verdictOn([{ file: '<!-- nx-fleet state {} -->' }]) });
    expect(parseState(renderComment(report))).toEqual(report.findings.map(remember));
  });

  it('remembers what a project without a verdict had', () => {
    const known = first.findings.map(remember);
    expect(parseState(renderComment(reportOn({ a: null }, { known })))).toEqual(known);
  });

  it('stays within what GitHub takes, however much there is to say, and says what is left out', () => {
    const long = 'x<>&*_'.repeat(900);
    const many = Array.from({ length: 300 }, (_, index) => ({
      title: `${index} ${long}`,
      body: long,
      recommendation: long,
      file: `${index}/${long}`,
    }));
    const known = reportOn({ b: verdictOn(many.map((finding) => ({ ...finding, category: 'spec' as const }))) }).findings.map(remember);
    const dismissed = reportOn({ a: verdictOn(many.slice(0, 150)) }).findings.map(({ fingerprint }) =>
      anIgnore(fingerprint, { reason: long, by: long }),
    );
    const projects = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`${index}${long}`, null]));
    const report = reportOn({ a: verdictOn(many), b: null, ...projects }, { known, ignores: dismissed, skipped: Object.keys(projects) });
    const comment = renderComment(report);
    expect(comment.length).toBeLessThan(65_536);
    expect(comment).toMatch(/And \d+ more, in review\.sarif/);
    expect(parseState(comment).length).toBeGreaterThan(10);
  });
});

describe('needsComment', () => {
  it('is no news, and everything else', () => {
    expect(needsComment(reportOn({ a: verdictOn([]) }, { skipped: ['docs'] }))).toBe(false);
    expect(needsComment(reportOn({ a: null }))).toBe(true);
    expect(needsComment(reportOn({ a: verdictOn([{ severity: 'low' }]) }))).toBe(true);
  });
});
