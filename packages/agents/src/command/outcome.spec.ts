import type { AgentOutcome, CommandResult } from '@nx-fleet/core';
import { commandResult } from '../request.fixture.js';
import { extractOutput } from './extract.js';
import { classifyCommand } from './outcome.js';

const EXTRACT = { text: 'text', inputTokens: 'in', outputTokens: 'out', costUsd: 'cost', error: 'error', errorStatus: 'status' };

const classify = (output: object, result: Partial<CommandResult> = {}): AgentOutcome =>
  classifyCommand(extractOutput(JSON.stringify(output), { output: 'json', extract: EXTRACT }), commandResult(result), {
    name: 'mine',
    installHint: 'Install it.',
    model: 'm',
    exitCodes: { '41': 'unauthenticated' },
  });

describe('classifyCommand', () => {
  it('takes the cost that the program tells', () => {
    expect(classify({ text: 'Hi', in: 5, out: 1, cost: 0.25 })).toMatchObject({ kind: 'completed', costUsd: 0.25, costSource: 'agent' });
  });

  it('does not believe that tokens cost nothing', () => {
    expect(classify({ text: 'Hi', in: 5, out: 1, cost: 0 })).toMatchObject({ kind: 'completed', costUsd: null });
    expect(classify({ text: 'Hi', cost: 0 })).toMatchObject({ costUsd: 0 });
  });

  it.each([
    [401, 'unauthenticated'],
    [402, 'over-budget'],
    [429, 'rate-limited'],
    [529, 'rate-limited'],
    [500, 'crashed'],
  ])('takes status %i of a failure for %s', (status, kind) => {
    expect(classify({ error: 'no', status }).kind).toBe(kind);
    expect(classify({ text: 'Hi', status }).kind).toBe('completed');
  });

  it('knows exit codes that the definition names, and no other', () => {
    expect(classify({ text: 'Hi' }, { exitCode: 41 }).kind).toBe('unauthenticated');
    expect(classify({ text: 'Hi' }, { exitCode: 42 }).kind).toBe('crashed');
    expect(classify({ text: 'Hi' }, { exitCode: null, signal: 'SIGKILL' }).kind).toBe('crashed');
  });
});
