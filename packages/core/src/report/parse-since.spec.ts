import { UserError } from '../errors/user-error.js';
import { parseSince } from './parse-since.js';

const now = new Date('2026-03-10T12:00:00.000Z');

describe('parseSince', () => {
  it.each([
    ['24h', '2026-03-09T12:00:00.000Z'],
    ['7d', '2026-03-03T12:00:00.000Z'],
    ['2w', '2026-02-24T12:00:00.000Z'],
    ['2026-03-01T10:30Z', '2026-03-01T10:30:00.000Z'],
    ['2026-03-01T10:30:00.5+02:00', '2026-03-01T08:30:00.500Z'],
  ])('takes %s for %s', (text, expected) => {
    expect(parseSince(text, now).toISOString()).toBe(expected);
  });

  it('takes a date for its midnight here', () => {
    expect(parseSince('2026-03-01', now)).toEqual(new Date(2026, 2, 1));
  });

  it.each(['', '7', 'd', '-1d', '7 days', 'yesterday', '2026-13-01', '2026-3-1', '99999d', '2026-03-01\n'])('refuses "%s"', (text) => {
    expect(() => parseSince(text, now)).toThrow(UserError);
    expect(() => parseSince(text, now)).toThrow('--since=7d');
  });
});
