import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AppAccess, AppAnswer, AppRequest } from '@nx-fleet/core';
import { processSource } from '@nx-fleet/system';

const CONNECT_TIMEOUT_MS = 1_000;
const ANSWER_TIMEOUT_MS = 30_000;
const MAX_BODY_CHARACTERS = 100_000;
const TEXT = /^(?:text\/|application\/(?:[\w.+-]*\+)?(?:json|xml|javascript|x-www-form-urlencoded|graphql))/i;

/** An app on this machine, over TCP and HTTP. Proxies of the environment are not used. */
export function createAppAccess(): AppAccess {
  return {
    listens,
    send,
    listenerAt: async (port) => processSource.listenerAt(port),
    pause: (ms) => sleep(ms),
  };
}

function listens(url: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port || (protocol === 'https:' ? 443 : 80)), timeout: CONNECT_TIMEOUT_MS });
    const answer = (isListening: boolean) => (): void => {
      socket.destroy();
      resolve(isListening);
    };
    socket.once('connect', answer(true)).once('error', answer(false)).once('timeout', answer(false));
  });
}

async function send({ method, url, headers, body }: AppRequest): Promise<AppAnswer> {
  try {
    const response = await fetch(url, {
      method,
      headers: headers.map(({ name, value }): [string, string] => [name, value]),
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      ...(body === '' ? {} : { body }),
    });
    return {
      kind: 'answered',
      status: response.status,
      headers: [...response.headers].map(([name, value]) => ({ name, value })),
      body: await bodyOf(response),
    };
  } catch (error) {
    return { kind: 'failed', reason: reasonOf(error) };
  }
}

async function bodyOf(response: Response): Promise<string> {
  const type = response.headers.get('content-type') ?? '';
  if (type !== '' && !TEXT.test(type)) return `[${(await response.arrayBuffer()).byteLength} bytes of ${type}]`;
  const text = await response.text();
  return text.length <= MAX_BODY_CHARACTERS
    ? text
    : `${text.slice(0, MAX_BODY_CHARACTERS)}\n[${text.length - MAX_BODY_CHARACTERS} more characters]`;
}

/** A request that cannot be sent is the caller's answer too: what asks for it is an agent. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as { readonly message?: string; readonly cause?: { readonly code?: string; readonly message?: string } };
  const deeper = cause?.code ?? cause?.message;
  return `${message ?? String(error)}${deeper === undefined ? '' : `: ${deeper}`}`;
}
