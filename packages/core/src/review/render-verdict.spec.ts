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
      [
        aReview({
          model: 'gpt-5',
          verdict: 'request-changes',
          findings: [
            aFinding(),
            aFinding({ category: 'spec', severity: 'low', title: 'No help text', startLine: 0, endLine: 0, recommendation: '' }),
          ],
          ungrounded: [
            { severity: 'high', title: 'Old bug', file: 'src/`old`.ts', startLine: 3 },
            { severity: 'low', title: 'A [x](y) name', file: '', startLine: 0 },
          ],
        }),
        aReview({
          reviewer: 'claude',
          findings: [aFinding({ severity: 'medium', title: 'Null not handled', body: 'It crashes.', startLine: 11 })],
        }),
      ],
      'high',
    );
    expect(renderVerdict(issue, verdict)).toBe(`# Changes requested: issue-42, Dark mode

- **codex** (gpt-5): request-changes. Fine.
  - Remarks that name no place in the change: 2
    - Blocking, high: Old bug (\`src/'old'.ts:3\`, \`f32bba520983\`)
    - low: A \\[x\\](y) name (no file, \`6c8f55bc8206\`)
- **claude**: approve. Fine.

## Findings (2)

### Blocking, high: Null is not handled

\`src/app.ts:10\`, correctness, confidence 0.96, found by codex and claude, \`8307e06f1413\`

The value may be null.

**Do:** Check for null.

**claude** says (medium, line 11, confidence 0.8): Null not handled

It crashes.

**Do:** Check for null.

### low: No help text

\`src/app.ts\`, spec, confidence 0.8, found by codex, \`56f2f3607849\`

The value may be null.
`);
  });

  it('does not say the same words twice', () => {
    const verdict = reachVerdict([aReview({ findings: [aFinding()] }), aReview({ reviewer: 'claude', findings: [aFinding()] })], 'high');
    expect(renderVerdict(issue, verdict).match(/The value may be null/g)).toHaveLength(1);
  });

  it('says why a finding was dismissed, as text', () => {
    const verdict = reachVerdict([aReview({ findings: [aFinding()] })], 'high');
    const findings = verdict.findings.map((finding) => ({ ...finding, blocking: false, dismissed: 'Meant *so*' }));
    expect(renderVerdict(issue, { ...verdict, findings })).toContain('`8307e06f1413`. Dismissed: Meant \\*so\\*\n');
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
    ['a mention in an entity', '&#64;octocat', '\\&\\#\u206064;octocat'],
    ['a code fence of backticks', '```\nx', '\\`\\`\\`\nx'],
    ['a code fence of tildes', '~~~\nx', '\\~\\~\\~\nx'],
    ['a heading', '# Approved', '\\# Approved'],
    ['an underlined heading', 'Approved\n===', 'Approved\n\\==='],
    ['a rule', 'x\n---', 'x\n\\---'],
    ['a table', '| a |', '\\| a \\|'],
    ['a reference to an issue', 'see #12, a/b#3, GH-4', 'see \\#\u206012, a/b\\#\u20603, GH-\u20604'],
    ['a formula', '$`x`$ costs $5', '\\$\\`x\\`\\$ costs \\$5'],
    ['a numbered list', '1. x\n2) y', '1\\. x\n2\\) y'],
    ['a link to a definition', '[x]: http://evil', '\\[x\\]: http://evil'],
    ['a task', '- [x] approved', '\\- \\[x\\] approved'],
    ['a backslash before a mark', '\\<b>', '\\\\\\<b\\>'],
  ])('shows %s as text', (_, body, expected) => {
    expect(rendered({ body })).toContain(`\n\n${expected}\n\n`);
    expect(rendered({ recommendation: body })).toContain(`**Do:** ${expected}\n`);
  });

  it('keeps a title on its line even when it was stored with more', () => {
    expect(rendered({ title: 'x\n\n# Approved\u001b[0m' })).toContain('\n### Blocking, high: x \\# Approved\n');
  });
});

describe('escaping', () => {
  it('takes no longer over a text of blank lines', () => {
    expect(rendered({ body: `${'\n'.repeat(200_000)}x` })).toContain('x');
  });
});

describe('place', () => {
  it.each([
    ['src/app.ts', 12, 'src/app.ts:12'],
    ['src/app.ts', 0, 'src/app.ts'],
    ['a`b\n\u001b[31mc', 1, "a'b c:1"],
  ])('of %j at %d is %j', (file, startLine, expected) => {
    expect(place({ file, startLine })).toBe(expected);
  });
});
