#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { askModel, printEvent } from './model.mjs';
import { runCommand, writeText } from './tools.mjs';

/** The options and events of `codex exec`, as far as nx-fleet knows them, and as much of its work as a scripted model asks for. */
const isReader = !process.argv.includes('workspace-write');
const usage = { input_tokens: 0, cached_input_tokens: 0, output_tokens: 0 };

async function main() {
  const config = readFileSync(join(process.env.CODEX_HOME, 'config.toml'), 'utf8');
  const setting = (name) => new RegExp(`^${name} = "(.*)"$`, 'm').exec(config)?.[1];
  const prompt = process.argv.at(-1) === '-' ? readFileSync(0, 'utf8') : process.argv.at(-1);
  const input = [`<cwd>${process.cwd()}</cwd>\n${rules()}`, prompt].map((content) => ({ type: 'message', role: 'user', content }));
  printEvent({ type: 'thread.started', thread_id: 'stand-in' });
  for (;;) {
    const events = await askModel(`${setting('base_url')}/responses`, {}, { model: setting('model'), input, ...format() });
    const items = events.flatMap(({ item }) => (item === undefined ? [] : [item]));
    count(events.at(-1));
    const message = items.find(({ type }) => type === 'message');
    if (message !== undefined) printEvent({ type: 'item.completed', item: { type: 'agent_message', text: message.content[0].text } });
    const calls = items.filter(({ type }) => type !== 'message');
    if (calls.length === 0) return printEvent({ type: 'turn.completed', usage });
    for (const call of calls) input.push(call, { type: `${call.type}_output`, call_id: call.call_id, output: useTool(call) });
  }
}

function rules() {
  const file = ['AGENTS.override.md', 'AGENTS.md'].find((name) => existsSync(name));
  return file === undefined ? '' : readFileSync(file, 'utf8');
}

function format() {
  const file = process.argv[process.argv.indexOf('--output-schema') + 1];
  if (!process.argv.includes('--output-schema')) return {};
  return { text: { format: { type: 'json_schema', strict: true, schema: JSON.parse(readFileSync(file, 'utf8')) } } };
}

function count({ type, response }) {
  if (type === 'response.failed') throw new Error(response.error.message);
  usage.input_tokens += response.usage.input_tokens;
  usage.cached_input_tokens += response.usage.input_tokens_details.cached_tokens;
  usage.output_tokens += response.usage.output_tokens;
}

function useTool({ name, input, arguments: text }) {
  if (name === 'apply_patch') return patch(input);
  const { cmd } = JSON.parse(text);
  printEvent({ type: 'item.started', item: { type: 'command_execution', command: cmd } });
  return runCommand(cmd, isReader) ?? 'Read-only file system';
}

function patch(text) {
  const [, path, added] = /^\*\*\* Begin Patch\n\*\*\* Add File: (.+)\n((?:\+.*\n)+)/.exec(text) ?? [];
  if (path === undefined || !writeText(path, added.replace(/^\+/gm, ''), isReader)) return 'patch rejected';
  printEvent({ type: 'item.completed', item: { type: 'file_change', changes: [{ path, kind: 'add' }] } });
  return 'Success';
}

if (process.argv.includes('--version')) process.stdout.write('codex-cli 0.169.0 (a stand-in)\n');
else {
  try {
    await main();
  } catch (error) {
    const prefix = error.status === undefined ? '' : `unexpected status ${error.status}: `;
    printEvent({ type: 'turn.failed', error: { message: `${prefix}${error.message}` } });
    process.exitCode = 1;
  }
}
