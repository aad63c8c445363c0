import { agreedConfidence } from './agreed-confidence.js';

describe('agreedConfidence', () => {
  it.each([
    ['one alone', [['codex', 0.8]], 0.8],
    ['one alone that is certain', [['nx-fleet', 1]], 1],
    [
      'two vendors',
      [
        ['codex', 0.8],
        ['claude', 0.5],
      ],
      0.9,
    ],
    [
      'three vendors',
      [
        ['codex', 0.5],
        ['claude', 0.5],
        ['gemini', 0.5],
      ],
      0.88,
    ],
    [
      'two of one vendor',
      [
        ['claude', 0.6],
        ['claude', 0.7],
      ],
      0.7,
    ],
    [
      'two of one vendor and one of another',
      [
        ['claude', 0.6],
        ['claude', 0.7],
        ['codex', 0.5],
      ],
      0.85,
    ],
    [
      'two that are nearly certain',
      [
        ['codex', 0.95],
        ['claude', 0.95],
      ],
      0.99,
    ],
    [
      'one that is certain and one that is not',
      [
        ['codex', 1],
        ['claude', 0.2],
      ],
      1,
    ],
    [
      'one that does not believe itself',
      [
        ['codex', 0],
        ['claude', 0.4],
      ],
      0.4,
    ],
  ] as const)('of %s', (_, opinions, expected) => {
    expect(agreedConfidence(opinions.map(([vendor, confidence]) => ({ vendor, confidence })))).toBe(expected);
  });
});
