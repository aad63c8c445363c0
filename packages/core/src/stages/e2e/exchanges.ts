import { worktreeVariables } from '../../check/run-checks.js';
import { worktreeRedactor } from '../../environment/worktree-secrets.js';
import { printable, printableLine } from '../../text/printable.js';
import { worktreeEnvironment } from '../../worktree/worktree-environment.js';
import type { AppAccess, AppAnswer, AppRequest } from '../serve/app-state.js';
import { readPort, type AppSettings } from '../serve/app-settings.js';
import type { E2eRequest } from './e2e-answer.js';
import type { StageContext, StageIssue } from '../../stage/stage-context.js';

/** Requests to the app and its answers, in their order; each is a file of the stage, written by us: no agent can make one up. */
export interface Exchanges {
  /** What each file says. */
  readonly texts: readonly string[];
  send(requests: readonly E2eRequest[]): Promise<void>;
}

export interface ExchangeRequest {
  /** Where the app answers. */
  readonly url: string;
  readonly settings: Pick<AppSettings, 'passEnv'>;
  readonly issue: StageIssue;
  readonly access: AppAccess;
}

export async function recordExchanges({ url, settings, issue, access }: ExchangeRequest, context: StageContext): Promise<Exchanges> {
  const { host, project, target, onProgress, signal } = context;
  const { worktree } = issue.local;
  const { base } = issue.manifest;
  const env = { ...worktreeEnvironment(worktree, host.env, settings.passEnv), ...(await worktreeVariables(issue, context)) };
  const redact = await worktreeRedactor({ worktree, env, base }, context);
  const texts: string[] = [];
  const sendOne = async (request: E2eRequest): Promise<void> => {
    const answer = await access.send({ ...request, url: new URL(request.path, url).href });
    // A port is this machine's: what is stored must not depend on it.
    const text = redact(printable(exchangeText(request, answer))).replaceAll(`:${readPort(url)}`, ':{port}');
    texts.push(text);
    await host.artifacts.write(project, target, exchangeFile(texts.length), `${text}\n`);
    onProgress(
      `  ${printableLine(`${request.method} ${request.path}`)}: ${answer.kind === 'answered' ? answer.status : printableLine(answer.reason)}`,
    );
  };
  return {
    texts,
    async send(requests) {
      for (const request of requests) {
        if (signal?.aborted === true) return;
        await sendOne(request);
      }
    },
  };
}

export function exchangeFile(number: number): string {
  return `http-${number}.txt`;
}

function exchangeText({ method, path, headers, body }: E2eRequest, answer: AppAnswer): string {
  const sent = [`${method} ${path}`, ...headerLines(headers), '', ...(body === '' ? [] : [body, ''])];
  if (answer.kind === 'failed') return [...sent, `No answer: ${answer.reason}`].join('\n');
  return [...sent, `Status ${answer.status}`, ...headerLines(answer.headers), '', answer.body].join('\n').trimEnd();
}

function headerLines(headers: AppRequest['headers']): readonly string[] {
  return headers.map(({ name, value }) => `${name}: ${value}`);
}
