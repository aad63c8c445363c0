import type { ModelUsage } from '@nx-fleet/core';
import { createPricer } from '../price/pricer.js';
import { progressLine, type Meter } from './progress-line.js';

const price = createPricer({ table: { opus: { input: 4, output: 20 } }, list: { price: () => null } });
const usage = (model: string): ModelUsage => ({ model, inputTokens: 15_000, cachedInputTokens: 0, outputTokens: 500 });
const meter = (more: Partial<Meter> = {}): Meter => ({ unit: 'turn', count: 0, usage: [], ...more });

describe('progressLine', () => {
  it('tells what the agent does now, and how far it has come', () => {
    const far = meter({ count: 4, usage: [usage('opus'), usage('opus')] });
    expect(progressLine('edits src/a.ts', { name: 'claude', meter: far }, price)).toBe(
      'claude: edits src/a.ts (turn 4, 31k tokens, ~$0.14)',
    );
  });

  it('leaves out what is unknown', () => {
    expect(progressLine('runs npm test', { name: 'codex', meter: meter() }, price)).toBe('codex: runs npm test');
    expect(progressLine('runs npm test', { name: 'codex', meter: meter({ unit: 'step', count: 2 }) }, price)).toBe(
      'codex: runs npm test (step 2)',
    );
    expect(progressLine('x', { name: 'codex', meter: meter({ usage: [usage('odd')] }) }, price)).toBe('codex: x (16k tokens)');
  });

  it('is one line without control characters, and its facts are never cut off', () => {
    const line = progressLine(`says \u001b[31m${'x\n'.repeat(500)}`, { name: 'claude', meter: meter({ count: 1 }) }, price);
    expect(line).toMatch(/^claude: says x x .*… \(turn 1\)$/);
    expect(line.length).toBeLessThan(200);
    expect(progressLine(' \u001b[0m\n', { name: 'claude', meter: meter({ count: 1 }) }, price)).toBe('');
  });
});
