import { acceptanceChecks, answerAt, type Trial } from './e2e-answer.js';
import { parseAnswer } from '../../agent/ask-agent.js';

const trial: Trial = { required: 2, exchanges: 3, isLastRound: false };
const request = { method: 'GET', path: '/items?page=2', headers: [], body: '' };
const check = (number: number, evidence: readonly number[] = [1]): object => ({
  number,
  check: `check ${number}`,
  passed: true,
  seen: '',
  evidence,
  severity: 'low',
  file: '',
});

function reasonFor(answer: { requests?: readonly object[]; checks?: readonly object[] }, changes: Partial<Trial> = {}): string | null {
  const text = JSON.stringify({ requests: [], checks: [], summary: '', ...answer });
  const parsed = parseAnswer(text, answerAt({ ...trial, ...changes }));
  return parsed.kind === 'valid' ? null : parsed.reason;
}

describe('an answer in a trial of the app', () => {
  it('is valid with requests, or with a result and its evidence for each check', () => {
    expect(reasonFor({ requests: [request] })).toBeNull();
    expect(reasonFor({ checks: [check(1), check(2, [2, 3]), check(0)] })).toBeNull();
  });

  it('is not valid without evidence that there is', () => {
    expect(reasonFor({ checks: [check(1), check(2, [])] })).toContain('"check 2" needs evidence');
    expect(reasonFor({ checks: [check(1), check(2, [4])] })).toContain('(there are 3)');
    expect(reasonFor({ checks: [check(1), check(2)] }, { exchanges: 0 })).toContain('needs evidence');
    expect(reasonFor({ checks: [check(1), check(2, [0.5])] })).toContain('needs evidence');
  });

  it('is not valid without exactly one result for each check that the issue asks for', () => {
    expect(reasonFor({ checks: [check(1)] })).toContain('check 2 needs exactly one result');
    expect(reasonFor({ checks: [check(1), check(1), check(2)] })).toContain('check 1 needs exactly one result');
    expect(reasonFor({ checks: [check(1), check(2), check(3)] })).toContain("one of the issue's checks (1 to 2), or 0");
    expect(reasonFor({ checks: [] }, { required: 0 })).toContain('name what was checked');
  });

  it.each(['//evil.example/', '/\\evil.example', 'http://evil.example/', '@evil.example', ''])(
    'asks nothing but the app: not %j',
    (path) => {
      expect(reasonFor({ requests: [{ ...request, path }] })).toContain('is not a path of the app');
    },
  );

  it('asks for so many at once, and for nothing in the last round', () => {
    expect(reasonFor({ requests: Array.from({ length: 21 }, () => request) })).toContain('at most 20 at once');
    expect(reasonFor({ requests: [request] }, { isLastRound: true })).toContain('no further request is sent');
  });
});

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
