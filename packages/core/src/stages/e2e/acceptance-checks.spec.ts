import { acceptanceChecks } from './acceptance-checks.js';

describe('the checks that an issue asks for', () => {
  it('are its task list, wherever it stands', () => {
    expect(acceptanceChecks('# Title\n\n- [ ] It is dark\n  * [x] It stays dark\n- no task\n\n## Done when\n\n- something')).toEqual([
      'It is dark',
      'It stays dark',
    ]);
  });

  it.each(['## Done when', '### Acceptance criteria', '# Definition of done'])(
    'are else the list under "%s", up to the next heading',
    (heading) => {
      expect(acceptanceChecks(`# Title\n\n- a wish\n\n${heading}\n\nAll of\n1. One\r\n- Two\n\n## Notes\n- more`)).toEqual(['One', 'Two']);
    },
  );

  it('are none in an issue that lists none', () => {
    expect(acceptanceChecks('# Dark mode\n\nDo it.\n- please')).toEqual([]);
  });

  it('are plain lines of bounded length and number', () => {
    const [first = ''] = acceptanceChecks(`- [ ] red \u001b[31m${'x'.repeat(1_000)}`);
    expect(first).not.toContain('\u001b');
    expect(first.length).toBeLessThanOrEqual(301);
    expect(acceptanceChecks('- [ ] one\n'.repeat(100))).toHaveLength(50);
  });
});
