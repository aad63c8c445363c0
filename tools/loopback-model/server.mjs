import { createServer } from 'node:http';
import { messagesEvents } from './messages.mjs';
import { responsesEvents } from './responses.mjs';
import { chooseStep } from './script.mjs';

const PROTOCOLS = { '/v1/messages': 'messages', '/v1/responses': 'responses' };

/**
 * Starts a scripted model on 127.0.0.1 that speaks Anthropic's Messages and OpenAI's Responses, both streamed.
 * @param {{ rules: () => readonly import('./script.mjs').Rule[], port?: number, onRequest?: (request: object) => void }} options
 *   `rules` is asked at each request. `port` 0, the default, is any free one.
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
export async function startLoopbackModel({ rules, port = 0, onRequest = () => {} }) {
  const answerOrBreakOff = async (request, response) => {
    try {
      await answer(request, response, { rules, onRequest });
    } catch (error) {
      response.destroy(error);
    }
  };
  const server = createServer((request, response) => void answerOrBreakOff(request, response));
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

async function answer(request, response, { rules, onRequest }) {
  const text = await readText(request);
  const { method } = request;
  const path = new URL(request.url, 'http://127.0.0.1').pathname;
  const protocol = method === 'POST' ? PROTOCOLS[path] : undefined;
  if (protocol === undefined) {
    onRequest({ method, path });
    if (path === '/v1/messages/count_tokens') return sendJson(response, 200, { input_tokens: 100 });
    return sendJson(response, 404, { type: 'error', error: { type: 'not_found_error', message: `no ${path} here` } });
  }
  const body = JSON.parse(text);
  const chosen = chooseStep(rules(), { protocol, text, body });
  onRequest({ method, path, protocol, rule: chosen.rule, step: chosen.number, body });
  const { step } = chosen;
  if (step.fault === 'hang') return;
  if (step.status !== undefined) {
    if (step.retryAfterSeconds !== undefined) response.setHeader('retry-after', String(step.retryAfterSeconds));
    return sendJson(response, step.status, { type: 'error', error: { message: 'a scripted error', ...step.error } });
  }
  stream(response, protocol === 'messages' ? messagesEvents(chosen, body) : responsesEvents(chosen, body), step.fault);
}

function stream(response, events, fault) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  if (fault === 'cut') {
    response.write(line(events[0]), () => response.destroy());
    return;
  }
  for (const event of events) response.write(fault === 'garbled' ? `event: ${event.type}\ndata: {"type":\n\n` : line(event));
  response.end();
}

function line(event) {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

async function readText(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function sendJson(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}
