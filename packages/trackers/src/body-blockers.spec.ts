import { parseBodyBlockers } from './body-blockers.js';
import { readIssueNumber } from './github/github-tracker.js';

const place = {
  repository: 'acme/shop',
  apiUrl: 'https://api.github.com',
  webHosts: ['github.com'],
};

const parse = (body: string) => parseBodyBlockers(body, readIssueNumber(place));

describe('parseBodyBlockers', () => {
  it.each([
    ['Blocked by #41', [41]],
    ['blocked BY #41', [41]],
    ['Blocked by: #41', [41]],
    ['Depends on #41, #40', [41, 40]],
    ['Depends on #41 and #40; #39 & #38', [41, 40, 39, 38]],
    ['Depends on #41 #40', [41, 40]],
    ['- Blocked by #41', [41]],
    ['  * **Blocked by** #41', [41]],
    ['**Depends on:** #41', [41]],
    ['- [x] depends on #41', [41]],
    ['Blocked by acme/shop#41, ACME/Shop#40', [41, 40]],
    ['Blocked by https://github.com/acme/shop/issues/41.', [41]],
    ['Blocked by #41, #41', [41]],
    ['Intro\r\n\r\nBlocked by #41\r\nDepends on #40\r\n', [41, 40]],
    ['Blocked by #41 until #50 is decided', [41]],
    ['## Blocked by\n\n- #41\n- #40', [41, 40]],
    ['## Blocked by\n\n- [ ] #41 the schema\n- Issue #40', [41, 40]],
    ['### Blocked by\n\n#41, #40', [41, 40]],
    ['### Blocked by (issue numbers)\n\n#41\n#40\n\n### Notes\n\n#39', [41, 40]],
    ['Blocked by\n==========\n\n1. #41\n   - #40', [41, 40]],
    ['## ⛔ Blocked by: #41\n\n- #40', [41]],
    ['Blocked by:\n- #41\n- #40', [41, 40]],
    ['Blocked by:\n#41', [41]],
    ['**Blocked by:**\n\n#41', [41]],
    ['- Blocked by:\n  - #41', [41]],
    ['**Blocked by three, all real:** #1 #2', [1, 2]],
    ['Blocked by [#41](https://github.com/acme/shop/issues/41)', [41]],
    ['## Blocked by\n\nNone. Split from #170.\n\n## Depends on\n\n- #41', [41]],
  ])('reads %j', (body, numbers) => {
    expect(parse(body).references).toEqual(numbers);
  });

  it.each([
    '',
    'This is not blocked by #41',
    '> Blocked by #41',
    'Blocked by the weather',
    'Blocked by acme/other#41',
    'Blocked by https://github.com/acme/other/issues/41',
    'Blocked by https://evil.example/acme/shop/issues/41',
    'Blocked bypass #41',
    'Blocked by #0',
    '```\nBlocked by #41\n```',
    'Blocked by #41abc',
    '<!--\nDepends on #123\n-->',
    '<!-- Blocked by #41 -->',
    '## Blocked by\n\n<!-- - #123 -->',
    '### Blocked by\n\n_No response_',
    '## Blocked by\n\nNone. Split from #170.',
    '## Blocked by\n\nN/A',
    '## Blocked by',
    '    Blocked by #41',
    'Say `Blocked by #41` in it',
    '## Blocked by\n\n- ~~#41~~',
    'The form is blocked because of that.\nIt depends on #41',
  ])('finds nothing in %j', (body) => {
    expect(parse(body).references).toEqual([]);
  });

  it.each([
    ['Blocked by the weather', ['Blocked by the weather']],
    ['## Blocked by\n\n- the API team\n- #41', ['the API team']],
    ['## Blocked by\n\nwhat Ann does', ['what Ann does']],
    ['Blocked by acme/other#41', ['acme/other#41']],
    ['### Blocked by\n\n_No response_', []],
    ['## Blocked by\n\nNone. Split from #170.', []],
    ['## Blocked by\n\n- [ ] #41', []],
    ['How it looks\ndepends on the weather', []],
    ['Blocks #41', []],
  ])('names what it cannot read in %j', (body, unread) => {
    expect(parse(body).unread).toEqual(unread);
  });

  it('reads references of other repositories past', () => {
    expect(parse('Blocked by acme/other#1, #2').references).toEqual([2]);
  });

  it('ends on long hostile lines', () => {
    expect(parse(`Blocked by ${'#1 , , '.repeat(20_000)}`).references).toEqual([1]);
    expect(parse(`Blocked by ${' '.repeat(50_000)}x`).references).toEqual([]);
    expect(parse(`Blocked by ${'a.'.repeat(50_000)}`).references).toEqual([]);
  });
});
