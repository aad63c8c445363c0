#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { askModel, printEvent } from './model.mjs';
import { runCommand, writeText } from './tools.mjs';

/** Claude Code's options and events, as far as nx-fleet knows them, and as much of its work as a scripted model asks for. */
const { values, positionals } = parseArgs({
  strict: false,
  allowPositionals: true,
  options: Object.fromEntries(
    ['model', 'tools', 'permission-mode', 'setting-sources', 'settings', 'json-schema', 'output-format'].map((name) => [
      name,
      { type: 'string' },
    ]),
  ),
});
const isReader = values['permission-mode'] !== 'acceptEdits';
const usage = { inputTokens: 0, cacheReadInputTokens: 0, cacheCreationInputTokens: 0, outputTokens: 0, costBasis: 'list' };
const denials = [];

async function main() {
  const model = `stand-in-${values.model ?? 'default'}`;
  const prompt = positionals[0] ?? readFileSync(0, 'utf8');
  const messages = [{ role: 'user', content: `Primary working directory: ${process.cwd()}\n${rules()}${prompt}` }];
  printEvent({ type: 'system', subtype: 'init', model, cwd: process.cwd() });
  for (;;) {
    const blocks = await ask(model, messages);
    for (const block of blocks) printEvent({ type: 'assistant', message: { content: [block] } });
    const structured = blocks.find((block) => block.name === 'StructuredOutput');
    const calls = blocks.filter((block) => block.type === 'tool_use');
    if (structured !== undefined || calls.length === 0) return result(model, structured?.input ?? null, blocks[0]?.text ?? null);
    messages.push({ role: 'assistant', content: blocks }, { role: 'user', content: calls.map(toolResult) });
  }
}

/** A writer gets the rules of the folder from the program; a reader has to read them. */
function rules() {
  const file = ['CLAUDE.md', 'AGENTS.md'].find((name) => values['setting-sources'] !== '' && existsSync(name));
  return file === undefined ? '' : `${readFileSync(file, 'utf8')}\n`;
}

async function ask(model, messages) {
  const names = (values.tools ?? 'Bash').split(',');
  const tools = [...names, ...(values['json-schema'] === undefined ? [] : ['StructuredOutput'])].map((name) => ({ name }));
  const headers = { 'x-api-key': process.env.ANTHROPIC_API_KEY ?? '' };
  const events = await askModel(`${process.env.ANTHROPIC_BASE_URL}/v1/messages`, headers, { model, messages, tools });
  const { input_tokens: input, cache_read_input_tokens: cached } = events[0].message.usage;
  usage.inputTokens += input;
  usage.cacheReadInputTokens += cached;
  usage.outputTokens += events.find(({ type }) => type === 'message_delta').usage.output_tokens;
  return events.flatMap(({ type, index, content_block: block }) => {
    if (type !== 'content_block_start') return [];
    const { delta } = events.find((other) => other.type === 'content_block_delta' && other.index === index);
    return [block.type === 'text' ? { ...block, text: delta.text } : { ...block, input: JSON.parse(delta.partial_json) }];
  });
}

function toolResult({ id, name, input }) {
  const output = useTool(name, input);
  if (output === null) denials.push({ tool_name: name, tool_input: input });
  return { type: 'tool_result', tool_use_id: id, content: output ?? 'Permission denied', is_error: output === null };
}

function useTool(name, input) {
  if (name === 'Bash') return isReader || /^(?:echo|ls|cat) /.test(input.command) ? runCommand(input.command, isReader) : null;
  if (name === 'Read') return readFileSync(input.file_path, 'utf8');
  return name === 'Write' && writeText(input.file_path, input.content, isReader) ? 'File created' : null;
}

function result(model, structured, text) {
  const done = {
    type: 'result',
    subtype: 'success',
    is_error: false,
    terminal_reason: 'completed',
    result: text,
    structured_output: structured,
  };
  printEvent({ ...done, total_cost_usd: 0.001, modelUsage: { [model]: usage }, permission_denials: denials });
}

if (process.argv.includes('--version')) process.stdout.write('2.1.330 (a stand-in for Claude Code)\n');
else {
  try {
    await main();
  } catch (error) {
    printEvent({ type: 'result', subtype: 'success', is_error: true, api_error_status: error.status ?? null, result: error.message });
    process.exitCode = 1;
  }
}
