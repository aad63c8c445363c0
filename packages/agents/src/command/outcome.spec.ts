import type { AgentOutcome, CommandResult } from '@nx-fleet/core';
import { commandResult } from '../request.fixture.js';
import { extractOutput } from './extract.js';
import { classifyCommand } from './outcome.js';

const EXTRACT = {
  finished: 'done',
  text: 'text',
  inputTokens: 'in',
  outputTokens: 'out',
  costUsd: 'cost',
  error: 'error',
  errorStatus: 'status',
};

const classify = (output: object, result: Partial<CommandResult> = {}): AgentOutcome =>
  classifyCommand(extractOutput(JSON.stringify(output), { output: 'json', extract: EXTRACT }), commandResult(result), {
    name: 'mine',
    installHint: 'Install it.',
    model: 'm',
    exitCodes: { '41': 'unauthenticated' },
    isAnswer: (text) => text.startsWith('{'),
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

  it.each([
    ['the program calls its last', { text: 'Hi', done: true }],
    ['is valid', { text: '{}' }],
  ])('counts an answer that %s, whatever came of the process or an error that it had', (_, output) => {
    for (const result of [{ exitCode: 1 }, { ended: 'idle', exitCode: null }] as const) {
      expect(classify({ ...output, error: 'ECONNRESET', status: 200 }, result)).toMatchObject({ kind: 'completed', answer: output.text });
      expect(classify({ ...output, done: false, text: 'Hi' }, result).kind).not.toBe('completed');
    }
  });

  it('says in its words why the server refused, also of a program that was ended since it stayed', () => {
    const refused = { kind: 'over-budget', message: expect.stringContaining('It said: Add credit at example.test') };
    expect(classify({ error: 'Add credit at example.test', status: 402 }, { ended: 'cancelled', exitCode: null })).toMatchObject(refused);
  });

  it.each([
    ["/a.mjs:3\nthrow new Error('boom');\n      ^\n\nError: boom\n    at a (/a.mjs:3:7)\n\nNode.js v22.23.3\n", 'Error: boom'],
    [
      "node:fs:1\n  ^\n\n[Error: ENOENT: no such file] {\n  errno: -2,\n  code: 'ENOENT'\n}\n\nNode.js v22.1.0",
      '[Error: ENOENT: no such file] {',
    ],
    ['Traceback (most recent call last):\n  File "a.py", line 1\nValueError: odd\n', 'ValueError: odd'],
    ["thread 'main' panicked at a.rs:1:2:\nodd\nnote: run with `RUST_BACKTRACE=1`\n", "thread 'main' panicked at a.rs:1:2:"],
    ['starting\nout of cheese\n', 'out of cheese'],
    ['\nNode.js v22.1.0\n', 'it said nothing on standard error'],
  ])('tells of a crash the line that names the error', (stderr, line) => {
    expect(classify({}, { exitCode: 1, stderr })).toMatchObject({ message: `mine ended with exit code 1: ${line}` });
  });

  it('knows exit codes that the definition names, and no other', () => {
    expect(classify({ text: 'Hi' }, { exitCode: 41 }).kind).toBe('unauthenticated');
    expect(classify({ text: 'Hi' }, { exitCode: 42 }).kind).toBe('crashed');
    expect(classify({ text: 'Hi' }, { exitCode: null, signal: 'SIGKILL' }).kind).toBe('crashed');
  });
});
