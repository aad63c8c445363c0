import type { AgentDefinition, AgentRequest } from '@nx-fleet/core';
import type { Invocation } from '../agent-process.js';

export type CommandDefinition = Extract<AgentDefinition, { readonly type: 'command' }>;

/** The command line of a configured program: `{model}` and `{mode}` filled in, the prompt and the form of the answer on standard input. */
export function planCommandInvocation(request: AgentRequest, definition: CommandDefinition): Invocation {
  const { model, readOnly, prompt, answerSchema } = request;
  const all = [...definition.args, ...(readOnly ? definition.readOnlyArgs : definition.writeArgs)];
  const words = model === null ? withoutModel(all) : all;
  const values: Readonly<Record<string, string>> = { model: model ?? '', mode: readOnly ? 'read-only' : 'write' };
  return {
    args: words.map((word) => word.replace(/\{(model|mode)\}/g, (_, name: string) => values[name] ?? '')),
    input: answerSchema === undefined ? prompt : `${prompt}\n\n${answerSection(answerSchema)}`,
  };
}

/** Without the words that name a model, and without the option before a word that is nothing but the model. */
function withoutModel(words: readonly string[]): readonly string[] {
  return words.filter((word, index) => !word.includes('{model}') && !(word.startsWith('-') && words[index + 1] === '{model}'));
}

function answerSection(schema: Readonly<Record<string, unknown>>): string {
  return [
    '## Answer',
    '',
    'Answer with one JSON object and nothing else, without a code fence. Its JSON schema:',
    '',
    JSON.stringify(schema),
    '',
  ].join('\n');
}
