import { printableLine, UserError } from '@nx-fleet/core';

const MAX_ANSWER_BYTES = 10_000_000;
const BODILESS = [204, 205, 304];

/** `fetch` with a limit on the time until the whole answer is read, in milliseconds, and on its size (10 MB). */
export function createBoundedFetch(timeoutMs: number): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, { ...init, signal: AbortSignal.timeout(timeoutMs) });
    const body = await readBody(response);
    return new Response(BODILESS.includes(response.status) ? null : body, {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
    });
  };
}

async function readBody(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_ANSWER_BYTES) {
      throw new Error(`the answer is larger than ${MAX_ANSWER_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

export const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/** How an API is called in an error. */
export interface ApiNames {
  readonly name: string;
  /** Where its URL comes from. */
  readonly setting: string;
  readonly example: string;
  /** The variable that its token belongs into. */
  readonly token: string;
}

/** The URL of an API that a token may be sent to. @throws UserError when it is none, holds a password, or is not https */
export function requireSafeUrl(apiUrl: string, { name, setting, example, token }: ApiNames): URL {
  const url = URL.canParse(apiUrl) ? new URL(apiUrl) : null;
  if (url === null)
    throw new UserError(`${name} URL "${printableLine(apiUrl)}" is not a URL. Set ${setting} to something like "${example}".`);
  if (url.username !== '' || url.password !== '')
    throw new UserError(`The ${name} URL holds a user name or a password. Take it out, and put the token into ${token}.`);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.includes(url.hostname)))
    throw new UserError(`${name} URL "${printableLine(apiUrl)}" is not https: a token would travel readable. Use https.`);
  return url;
}

const MAX_PAGES = 50;

/** All items of a list that comes in pages, counted from 1; the last one is not full. @throws UserError when there are more than fifty */
export async function readAllPages<Item>(
  subject: string,
  pageSize: number,
  readPage: (page: number) => Promise<readonly Item[]>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const part = await readPage(page);
    items.push(...part);
    if (part.length < pageSize) return items;
  }
  throw new UserError(`${subject} are more than ${MAX_PAGES * pageSize}. Continue in a new one.`);
}
