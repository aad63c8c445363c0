import { anIgnore, reportOn, verdictOn } from './report.contract.js';
import { workflowAnnotations } from './workflow-annotations.js';

const annotations = (...findings: Parameters<typeof verdictOn>[0]): readonly string[] =>
  workflowAnnotations(reportOn({ a: verdictOn(findings) }));

describe('workflowAnnotations', () => {
  it('name the lines, what is there, and the finding', () => {
    expect(annotations({})).toEqual([
      expect.stringMatching(
        /^::error file=src\/app\.ts,line=10,endLine=12,title=high%3A Null is not handled::The value may be null\.%0A%0ACheck for null\.%0A%0Anx-fleet [0-9a-f]{12}$/,
      ),
    ]);
  });

  it('are errors where they block, notices where they are low, warnings between', () => {
    const all = annotations({}, { severity: 'medium', title: 'b' }, { severity: 'low', title: 'c' });
    expect(all.map((line) => line.split(' ')[0])).toEqual(['::error', '::warning', '::notice']);
  });

  it('name no line for a file as a whole', () => {
    expect(annotations({ startLine: 0, endLine: 0 })[0]).toMatch(/^::error file=src\/app\.ts,title=/);
  });

  it.each(['a\n::add-mask::b', 'a\r::error::b', '100%0A::x', 'a,line=1::', '::'])(
    'hold %j without ending early or starting another',
    (text) => {
      const lines = annotations({ title: text, body: text, file: text });
      expect(lines).toHaveLength(1);
      const [, properties = '', data = ''] = /^::error (.*?)::(.*)$/.exec(lines[0] ?? '') ?? [];
      expect(lines[0]).not.toMatch(/[\r\n]/);
      expect(properties.split(',').map((part) => part.split('=')[0])).toEqual(['file', 'line', 'endLine', 'title']);
      expect(decodeURIComponent(data.replace(/%(?!0A|0D|25)/g, '%25'))).toContain(text.replace(/\r/g, '\n'));
    },
  );

  it('hold no command that the runner obeys within a line', () => {
    expect(annotations({ title: '##[add-mask]e', body: '##[error]x', recommendation: '' })[0]).toMatch(
      /high%3A ## \[add-mask\]e::## \[error\]x%0A/,
    );
  });

  it('are ten of a level, the gravest, and say that there are more', () => {
    const many = Array.from({ length: 13 }, (_, index) => ({
      title: `Fault ${index}`,
      severity: index === 12 ? ('critical' as const) : ('high' as const),
    }));
    const lines = annotations(...many, { title: 'Slow', severity: 'low' });
    expect(lines).toHaveLength(12);
    expect(lines[0]).toContain('critical%3A Fault 12');
    expect(lines[10]).toMatch(/^::notice /);
    expect(lines[11]).toMatch(/^nx-fleet: 3 more finding/);
  });

  it('leave out what was dismissed', () => {
    const report = reportOn({ a: verdictOn([{}]) });
    const ignores = report.findings.map(({ fingerprint }) => anIgnore(fingerprint));
    expect(workflowAnnotations(reportOn({ a: verdictOn([{}]) }, { ignores }))).toEqual([]);
  });
});
