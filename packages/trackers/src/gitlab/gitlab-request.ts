import { setTimeout as sleep } from 'node:timers/promises';
import { parseJson, printableLine, UserError } from '@nx-fleet/core';
import { z } from 'zod';
import { createBoundedFetch } from '../bounded-fetch.js';

export interface GitLabTiming {
  /** Limit of one try, in milliseconds. */
  readonly timeoutMs: number;
  /** Length of the unit that waits between tries are counted in: a second, in milliseconds. */
  readonly waitUnitMs: number;
}

export interface GitLabRequestOptions {
  /** Base URL of the REST API, without a slash at its end: `https://gitlab.example.com/api/v4`. */
  readonly apiUrl: string;
  readonly token: string;
  readonly timing: GitLabTiming;
}

export interface GitLabQuestion {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** From the base URL on, with a slash first. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: Readonly<Record<string, string>>;
  /** Named in an error: `The notes of merge request "12"`. */
  readonly subject: string;
}

/** Asks GitLab's REST API. Null where it answers 404. @throws UserError without the token in it for every other failure */
export type GitLabRequest = <Schema extends z.ZodType>(question: GitLabQuestion, schema: Schema) => Promise<z.output<Schema> | null>;

/** No answer came. */
interface Silence {
  readonly reason: string;
}

const TRIES = 3;
/** The longest `Retry-After` that is waited for, in units. */
const MAX_RETRY_AFTER = 30;

/** Requests with a few tries each; a redirect is not followed, since the token would go along. */
export function createGitLabRequest({ apiUrl, token, timing }: GitLabRequestOptions): GitLabRequest {
  const boundedFetch = createBoundedFetch(timing.timeoutMs);
  const host = new URL(apiUrl).host;
  const send = async ({ method, path, body }: GitLabQuestion): Promise<Response | Silence> => {
    try {
      return await boundedFetch(`${apiUrl}${path}`, {
        method,
        redirect: 'manual',
        headers: {
          authorization: `Bearer ${token}`,
          'user-agent': 'nx-fleet',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (error) {
      return { reason: reasonOf(error) };
    }
  };
  return async (question, schema) => {
    const answer = await retried(() => send(question), { isCreation: question.method === 'POST', waitUnitMs: timing.waitUnitMs });
    const failed = `${question.subject} could not be ${question.method === 'GET' ? 'read' : 'written'}`;
    if ('reason' in answer)
      throw new UserError(`${failed}: ${host} is not reachable (${printableLine(answer.reason)}). Check the network.`);
    if (answer.status === 404) return null;
    if (!answer.ok) throw new UserError(`${failed}: ${host} answered ${answer.status}${advise(answer.status)}`);
    const text = await answer.text();
    const parsed = schema.safeParse(text === '' ? null : parseJson(text));
    if (parsed.success) return parsed.data;
    throw new UserError(
      `${failed}: ${host} answered ${answer.status}, but not what GitLab sends. Check that no proxy or login page answers in its place.`,
    );
  };
}

interface Retrying {
  /** Sent again only where the server refused it for now: without an answer it may have been created. */
  readonly isCreation: boolean;
  readonly waitUnitMs: number;
}

async function retried(send: () => Promise<Response | Silence>, { isCreation, waitUnitMs }: Retrying): Promise<Response | Silence> {
  for (let tried = 1; ; tried += 1) {
    const answer = await send();
    const waitUnits = waitOf(answer, tried, isCreation);
    if (waitUnits === null || tried === TRIES) return answer;
    await sleep(waitUnits * waitUnitMs);
  }
}

/** How long to wait before another try, in units; null where there is to be none. */
function waitOf(answer: Response | Silence, tried: number, isCreation: boolean): number | null {
  if (!('reason' in answer) && answer.status === 429) {
    const asked = Number(answer.headers.get('retry-after') ?? tried);
    return Number.isFinite(asked) && asked <= MAX_RETRY_AFTER ? asked : null;
  }
  const isUnknown = 'reason' in answer || answer.status >= 500;
  return isUnknown && !isCreation ? tried : null;
}

function advise(status: number): string {
  switch (status) {
    case 401:
      return ', the token is not valid. Set a valid GITLAB_TOKEN.';
    case 403:
      return ', the token may not do this. Give it the scope "api" and the role Reporter at least.';
    case 429:
      return ', too many requests. Try again later.';
    default:
      return status >= 500 ? ', a fault on its side. Try again later.' : '. Check CI_API_V4_URL.';
  }
}

const fetchError = z.object({ message: z.string(), cause: z.object({ message: z.string() }).optional().catch(undefined) });

/** Node's fetch says only that it failed; why is in its cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = fetchError.parse(error);
  return cause?.message || message;
}
