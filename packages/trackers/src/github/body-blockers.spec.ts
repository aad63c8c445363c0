import { parseBodyBlockers } from './body-blockers.js';

const place = {
  repository: 'acme/shop',
  apiUrl: 'https://api.github.com',
  webHosts: ['github.com'],
};

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
  ])('reads %j', (body, numbers) => {
    expect(parseBodyBlockers(body, place)).toEqual(numbers);
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
  ])('finds nothing in %j', (body) => {
    expect(parseBodyBlockers(body, place)).toEqual([]);
  });

  it('reads references of other repositories past', () => {
    expect(parseBodyBlockers('Blocked by acme/other#1, #2', place)).toEqual([2]);
  });

  it('ends on long hostile lines', () => {
    expect(parseBodyBlockers(`Blocked by ${'#1 , , '.repeat(20_000)}`, place)).toEqual([1]);
    expect(parseBodyBlockers(`Blocked by ${' '.repeat(50_000)}x`, place)).toEqual([]);
    expect(parseBodyBlockers(`Blocked by ${'a.'.repeat(50_000)}`, place)).toEqual([]);
  });
});
