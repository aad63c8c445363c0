import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PROGRAM = join(import.meta.dirname, '../../../../tools/loopback-model/run.mjs');

export type Protocol = 'messages' | 'responses';

export interface ToolCall {
  readonly name: string;
  /** A text for a custom tool. */
  readonly input: unknown;
}

/** What the model says at one turn: `tools/loopback-model/script.mjs`. */
export type ModelStep =
  | { readonly text: string }
  | { readonly json: unknown }
  | { readonly tools: readonly ToolCall[] }
  | { readonly status: number; readonly error: object; readonly retryAfterSeconds?: number }
  | { readonly text: string; readonly fault: 'hang' | 'cut' | 'garbled' };

export interface ModelRule {
  readonly when: readonly string[];
  readonly protocol?: Protocol;
  readonly steps: readonly ModelStep[];
}

/** A request that an agent made. */
export interface ModelRequest {
  readonly path: string;
  readonly protocol?: Protocol;
  /** Number of the rule that answered; null for none. */
  readonly rule?: number | null;
  readonly body?: { readonly model?: string; readonly tools?: readonly { readonly name?: string }[] };
  /** The whole request as JSON. */
  readonly text: string;
}

/** A scripted model on loopback, where it can be in a network namespace without any route. */
export interface LoopbackModel {
  readonly url: string;
  readonly isolated: boolean;
  /** The words of a command that runs where the model is. */
  inside(file: string, args: readonly string[]): readonly [string, ...string[]];
  answerBy(rules: readonly ModelRule[]): void;
  /** All requests so far, in their order. */
  requests(): readonly ModelRequest[];
  stop(): Promise<void>;
}

/** @param folder keeps the rules and the log */
export async function startLoopbackModel(folder: string): Promise<LoopbackModel> {
  const files = { rules: join(folder, 'model-rules.json'), log: join(folder, 'model-requests.jsonl') };
  writeFileSync(files.rules, '[]');
  const node = [process.execPath, PROGRAM, '--rules', files.rules, '--log', files.log] as const;
  const alone = await start('unshare', ['--net', '--', ...node, '--alone']);
  const { child, url } = alone ?? (await start(node[0], node.slice(1))) ?? failedToStart();
  return {
    url,
    isolated: alone !== null,
    inside: (file, args) => (alone === null ? [file, ...args] : ['nsenter', `--net=/proc/${child.pid}/ns/net`, '--', file, ...args]),
    answerBy: (rules) => writeFileSync(files.rules, JSON.stringify(rules)),
    requests: () => readRequests(files.log),
    stop: () =>
      new Promise((resolve) => {
        child.once('close', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

/** @returns null when the program ends without saying where it listens, as it does without the right to make a namespace */
function start(file: string, args: readonly string[]): Promise<{ readonly child: ChildProcess; readonly url: string } | null> {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'ignore'], env: { PATH: process.env['PATH'] ?? '' } });
  return new Promise((resolve) => {
    child.once('error', () => resolve(null));
    child.once('exit', () => resolve(null));
    child.stdout.once('data', (line: Buffer) => resolve({ child, url: line.toString().trim() }));
  });
}

function failedToStart(): never {
  throw new Error('the loopback model did not start');
}

function readRequests(log: string): readonly ModelRequest[] {
  if (!existsSync(log)) return [];
  const lines = readFileSync(log, 'utf8').split('\n').slice(0, -1);
  return lines.map((text) => ({ ...(JSON.parse(text) as Omit<ModelRequest, 'text'>), text }));
}
