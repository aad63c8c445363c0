import { callId } from './script.mjs';

/** Tokens of each answer, so that costs can be foretold. */
const USAGE = { input_tokens: 1000, cache_creation_input_tokens: 0, cache_read_input_tokens: 200, output_tokens: 1 };
const OUTPUT_TOKENS = 50;

/** Events of one streamed answer of Anthropic's Messages API. */
export function messagesEvents({ step, number }, body) {
  const blocks = blocksOf(step, number, body);
  const message = { id: callId('msg', number, 0), type: 'message', role: 'assistant', model: body.model, content: [], usage: USAGE };
  const stopReason = blocks.some((block) => block.type === 'tool_use') ? 'tool_use' : 'end_turn';
  return [
    { type: 'message_start', message: { ...message, stop_reason: null, stop_sequence: null } },
    ...blocks.flatMap(blockEvents),
    { type: 'message_delta', delta: { stop_reason: stopReason, stop_sequence: null }, usage: { output_tokens: OUTPUT_TOKENS } },
    { type: 'message_stop' },
  ];
}

function blockEvents(block, index) {
  const isText = block.type === 'text';
  return [
    { type: 'content_block_start', index, content_block: isText ? { type: 'text', text: '' } : { ...block, input: {} } },
    {
      type: 'content_block_delta',
      index,
      delta: isText ? { type: 'text_delta', text: block.text } : { type: 'input_json_delta', partial_json: JSON.stringify(block.input) },
    },
    { type: 'content_block_stop', index },
  ];
}

function blocksOf(step, number, body) {
  const toolUse = ({ name, input }, index) => ({ type: 'tool_use', id: callId('toolu', number, index), name, input });
  if (step.tools !== undefined) return step.tools.map(toolUse);
  if (step.json === undefined) return [{ type: 'text', text: step.text }];
  // Claude Code asks for a structured answer by a tool of that name.
  const takesSchema = body.tools?.some((tool) => tool.name === 'StructuredOutput') ?? false;
  return takesSchema ? [toolUse({ name: 'StructuredOutput', input: step.json }, 0)] : [{ type: 'text', text: JSON.stringify(step.json) }];
}
