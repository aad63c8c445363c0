import type { Finding } from './finding.js';
import { aFinding, aReview } from './finding.contract.js';
import { place, renderVerdict } from './render-verdict.js';
import { reachVerdict } from './verdict.js';

const issue = { project: 'issue-42', title: 'Dark mode' };

function rendered(finding: Partial<Finding>): string {
  return renderVerdict(issue, reachVerdict([aReview({ findings: [aFinding({ body: 'b', recommendation: 'r', ...finding })] })], 'high'));
}

describe('renderVerdict', () => {
  it('says who said what, worst first', () => {
    const verdict = reachVerdict(
      [aReview({ model: 'gpt-5', ungrounded: 2, findings: [aFinding()] }), aReview({ reviewer: 'claude' })],
      'high',
    );
    expect(renderVerdict(issue, verdict)).toBe(`# Changes requested: issue-42, Dark mode

- **codex** (gpt-5): approve. Fine.
  - 2 finding(s) named no place in the change and were dropped.
- **claude**: approve. Fine.

## Findings (1)

### Blocking, high: Null is not handled

\`src/app.ts:10\`, confidence 0.8, found by codex

The value may be null.

**Do:** Check for null.
`);
  });

  it('says that there is nothing when there is nothing', () => {
    expect(renderVerdict(issue, reachVerdict([aReview()], 'high'))).toContain('# Approved: issue-42, Dark mode\n');
    expect(renderVerdict(issue, reachVerdict([aReview()], 'high'))).toContain('## Findings (0)\n\nNone.\n');
  });

  it.each([
    ['HTML', '<script>alert(1)</script>', '\\<script\\>alert(1)\\</script\\>'],
    ['a comment that hides the rest', '<!-- ', '\\<\\!-- '],
    ['a link', '[x](javascript:alert(1))', '\\[x\\](javascript:alert(1))'],
    ['an image', '![x](http://evil/p.png)', '\\!\\[x\\](http://evil/p.png)'],
    ['a mention', 'ping @octocat', 'ping @\u2060octocat'],
    ['a mention in an entity', '&#64;octocat', '\\&\\#64;octocat'],
    ['a code fence of backticks', '```\nx', '\\`\\`\\`\nx'],
    ['a code fence of tildes', '~~~\nx', '\\~\\~\\~\nx'],
    ['a heading', '# Approved', '\\# Approved'],
    ['an underlined heading', 'Approved\n===', 'Approved\n\\==='],
    ['a rule', 'x\n---', 'x\n\\---'],
    ['a table', '| a |', '\\| a \\|'],
    ['a backslash before a mark', '\\<b>', '\\\\\\<b\\>'],
  ])('shows %s as text', (_, body, expected) => {
    expect(rendered({ body })).toContain(`\n\n${expected}\n\n`);
    expect(rendered({ recommendation: body })).toContain(`**Do:** ${expected}\n`);
  });

  it('keeps a title on its line even when it was stored with more', () => {
    expect(rendered({ title: 'x\n\n# Approved\u001b[0m' })).toContain('\n### Blocking, high: x \\# Approved\n');
  });
});

describe('place', () => {
  it.each([
    ['src/app.ts', 12, 'src/app.ts:12'],
    ['src/app.ts', 0, 'src/app.ts'],
    ['a`b\n\u001b[31mc', 1, "a'b c:1"],
  ])('of %j at %d is %j', (file, startLine, expected) => {
    expect(place({ ...aFinding({ file, startLine }), reviewers: [], blocking: false })).toBe(expected);
  });
});
