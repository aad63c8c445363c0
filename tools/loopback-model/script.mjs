/**
 * @typedef {object} Rule One behaviour of the model. The first rule that fits a request answers it.
 * @property {readonly string[]} when Texts that the request must hold as they stand in its JSON, such as `[[stage:build]]` and `[[scenario:repair]]`.
 * @property {'messages' | 'responses'} [protocol] Only requests of this protocol. @default both
 * @property {readonly Step[]} steps What is answered at the start, after the first tool calls, and so on; the last one for good.
 *
 * @typedef {object} Step One of: `text`; `json` (a structured answer); `tools` (calls, with `{cwd}` in any text for the agent's folder);
 * `status` with `error` and `retryAfterSeconds`; `fault`: `hang` (no answer ever), `cut` (the stream breaks off), `garbled` (events that are no JSON).
 */

const DEFAULT_STEP = { text: 'Nothing to do.' };

/**
 * What a request is answered with. All of it follows from the request itself, so that retries and parallel runs need no state.
 * @param {readonly Rule[]} rules
 * @param {{ protocol: 'messages' | 'responses', text: string, body: object }} request
 */
export function chooseStep(rules, { protocol, text, body }) {
  const index = rules.findIndex((rule) => (rule.protocol ?? protocol) === protocol && rule.when.every((word) => text.includes(word)));
  const steps = rules[index]?.steps ?? [DEFAULT_STEP];
  const number = stepNumber(body);
  const step = steps[Math.min(number, steps.length - 1)] ?? DEFAULT_STEP;
  return { rule: index === -1 ? null : index, number, step: fillIn(step, workingDirectory(text)) };
}

/** The id of a tool call says at which step it was made; its result comes back under it. */
export function callId(prefix, number, index) {
  return `${prefix}_${number}_${index}_${Math.random().toString(36).slice(2, 10)}`;
}

function stepNumber(body) {
  const items = [...(body.messages ?? []), ...(Array.isArray(body.input) ? body.input : [])];
  const parts = items.flatMap((item) => (Array.isArray(item.content) ? [item, ...item.content] : [item]));
  const ids = parts.map((part) => (part.type === 'tool_result' ? part.tool_use_id : part.type?.endsWith('_output') && part.call_id));
  const numbers = ids.map((id) => Number(/^(?:toolu|call)_(\d+)_/.exec(id || '')?.[1] ?? -1));
  return Math.max(-1, ...numbers) + 1;
}

/** Both programs tell the model where they work: Claude Code in a list, Codex in a tag. */
function workingDirectory(text) {
  return /(?:<cwd>|[Ww]orking directory: )((?:[^<"\\]|\\[^n])+)/.exec(text)?.[1];
}

function fillIn(value, cwd) {
  if (typeof value === 'string') return cwd === undefined ? value : value.replaceAll('{cwd}', cwd);
  if (Array.isArray(value)) return value.map((item) => fillIn(item, cwd));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fillIn(item, cwd)]));
}
