import { callId } from './script.mjs';

/** Tokens of each answer, so that costs can be foretold. */
const USAGE = {
  input_tokens: 1200,
  input_tokens_details: { cached_tokens: 200 },
  output_tokens: 50,
  output_tokens_details: { reasoning_tokens: 10 },
  total_tokens: 1250,
};

/** Events of one streamed answer of OpenAI's Responses API. Refuses, as the real one does, a strict schema that is not strict. */
export function responsesEvents({ step, number }, body) {
  const id = callId('resp', number, 0);
  const format = body.text?.format;
  const problem = format?.strict === true ? schemaProblem(format.schema, '$') : null;
  if (problem !== null) {
    return [{ type: 'response.failed', response: { id, error: { code: 'invalid_json_schema', message: problem } } }];
  }
  return [
    { type: 'response.created', response: { id } },
    ...itemsOf(step, number).map((item) => ({ type: 'response.output_item.done', item })),
    { type: 'response.completed', response: { id, usage: USAGE } },
  ];
}

function itemsOf(step, number) {
  if (step.tools !== undefined) return step.tools.map((tool, index) => toolCall(tool, callId('call', number, index)));
  const text = step.json === undefined ? step.text : JSON.stringify(step.json);
  return [{ type: 'message', role: 'assistant', id: callId('msg', number, 0), content: [{ type: 'output_text', text }] }];
}

/** A tool whose input is a text is a custom (freeform) one. */
function toolCall({ name, input }, id) {
  return typeof input === 'string'
    ? { type: 'custom_tool_call', call_id: id, name, input }
    : { type: 'function_call', call_id: id, name, arguments: JSON.stringify(input) };
}

/** What the strict form forbids: an object that lists not all properties as required, or admits others. */
function schemaProblem(schema, path) {
  if (typeof schema !== 'object' || schema === null) return null;
  if (schema.type === 'object') {
    const names = Object.keys(schema.properties ?? {});
    const missing = names.filter((name) => !(schema.required ?? []).includes(name));
    if (missing.length > 0) return `${path}: "required" lacks ${missing.join(', ')}`;
    if (schema.additionalProperties !== false) return `${path}: "additionalProperties" must be false`;
    for (const name of names) {
      const problem = schemaProblem(schema.properties[name], `${path}.${name}`);
      if (problem !== null) return problem;
    }
  }
  return schemaProblem(schema.items, `${path}[]`);
}
