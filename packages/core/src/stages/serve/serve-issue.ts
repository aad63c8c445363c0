import { type AppSettings, appUrl, portNames, readPort } from './app-settings.js';
import { type AppAccess, type AppState, isAppRequested, writeAppState } from './app-state.js';
import { requireDatabase } from '../../branch/set-up-worktree.js';
import { commandText, commandWords } from '../../check/command-words.js';
import { worktreeVariables } from '../../check/run-checks.js';
import { worktreeRedactor } from '../../environment/worktree-secrets.js';
import { UserError } from '../../errors/user-error.js';
import type { CommandResult } from '../../host/command.js';
import { requireIssue, type StageContext, type StageIssue } from '../../stage/stage-context.js';
import { count } from '../../text/count.js';
import { printable, printableLine } from '../../text/printable.js';
import { createLineRedactor } from '../../text/redact.js';
import { worktreeEnvironment } from '../../worktree/worktree-environment.js';
import { installWorktreeDependencies } from '../../worktree/worktree-work.js';

const POLL_MS = 100;
const ENDING_TOO_MS = 1_000;
const FIRST_ERROR_STATUS = 400;
const ENDING_SIGNALS: ReadonlySet<string> = new Set(['SIGHUP', 'SIGINT', 'SIGTERM']);
/** The same three, as a shell or npm passes them on: 128 and the signal's number. */
const ENDING_EXIT_CODES: ReadonlySet<number> = new Set([129, 130, 143]);

export interface ServeRequest {
  readonly settings: AppSettings;
  /** How long the app may take to be ready, in milliseconds. */
  readonly readyTimeoutMs: number;
  /** Whether the app is started only once a stage asks for it. */
  readonly isOnDemand: boolean;
}

/**
 * Runs the app in an issue's worktree as it is there, on the issue's ports and database, until this process is stopped.
 * @throws UserError when its port is taken, it is not ready in time, or it ends by itself
 */
export async function serveIssue(request: ServeRequest, access: AppAccess, context: StageContext): Promise<void> {
  const { host, target, project } = context;
  const issue = await requireIssue(context);
  if (request.isOnDemand && !(await isAsked(access, context))) return;
  const surroundings = { issue, access, context };
  const state = await stateOf(request.settings, surroundings);
  await writeAppState(target, state, context);
  try {
    const strays = await host.endStrays(issue.local.worktree);
    if (strays > 0) context.onProgress(`an earlier run was killed: ended ${count(strays, 'process')} that it left in the worktree`);
    await requireFreePort(state.url, surroundings);
    await installWorktreeDependencies(issue, request.settings.passEnv, context);
    await requireDatabase(issue, context);
    await runApp(request, { ...surroundings, state });
    await host.artifacts.clear(project, target);
  } catch (error) {
    await writeAppState(target, { ...state, failure: error instanceof Error ? error.message : String(error) }, context);
    throw error;
  }
}

async function isAsked(access: AppAccess, context: StageContext): Promise<boolean> {
  while (context.signal?.aborted !== true) {
    if (await isAppRequested(context.target, context)) return true;
    await access.pause(POLL_MS);
  }
  return false;
}

interface Surroundings {
  readonly issue: StageIssue;
  readonly access: AppAccess;
  readonly context: StageContext;
}

async function requireFreePort(url: string, { access, context: { host, project } }: Surroundings): Promise<void> {
  const port = readPort(url);
  if ((await host.busyPorts([port])).length === 0) return;
  const holder = await access.listenerAt(port);
  const name = holder === null ? 'another process' : `"${printableLine(holder.name)}" (process ${holder.pid})`;
  throw new UserError(`Port ${port} of "${project}" is in use by ${name}. End it, then run this again.`);
}

type Readiness = 'ready' | 'ended' | 'late';

async function runApp(request: ServeRequest, { state, ...surroundings }: Surroundings & { readonly state: AppState }): Promise<void> {
  const { settings, readyTimeoutMs } = request;
  const { issue, context } = surroundings;
  const late = new AbortController();
  let isOver = false;
  const running = startApp(request, { ...surroundings, signal: late.signal }).finally(() => {
    isOver = true;
  });
  const readiness = untilReady({ settings, readyTimeoutMs, isOver: () => isOver }, surroundings).then(async (known) => {
    if (known === 'late') late.abort();
    if (known !== 'ready') return known;
    await writeAppState(context.target, { ...state, isReady: true }, context);
    context.onProgress(`ready: ${state.url}`);
    return known;
  });
  const [result, known] = await Promise.all([running, readiness]);
  const command = commandText(settings.command);
  if (known === 'late') {
    throw new UserError(
      `"${command}" was not ready after ${readyTimeoutMs / 1_000} s: ${waitedFor(settings, issue)}. Its output is above; "serve.readySeconds" gives it more time.`,
    );
  }
  if (result.ended === 'cancelled' || isToldToEnd(result) || (await isEndingToo(surroundings))) return;
  const when = known === 'ready' ? '' : ' before it was ready';
  throw new UserError(
    `"${command}" ended${when} (${howItEnded(result)}). Its output is above. It must keep running for as long as the app runs.`,
  );
}

async function stateOf(settings: AppSettings, { issue: { local, manifest }, context: { git, host } }: Surroundings): Promise<AppState> {
  const tree = await git.resolveTree(`refs/heads/${manifest.branch}`);
  if (tree === null) throw new UserError(`Branch "${manifest.branch}" is gone. Bring it back, then run this again.`);
  const isClean = (await git.dirtyPaths(local.worktree)).length === 0;
  return { owner: host.registry.self, tree, isClean, url: appUrl(settings.url, local), isReady: false, failure: null };
}

async function startApp(
  { settings: { command, passEnv }, isOnDemand }: ServeRequest,
  { issue, context, signal }: Surroundings & { readonly signal: AbortSignal },
): Promise<CommandResult> {
  const { host, onProgress } = context;
  const { worktree } = issue.local;
  // Without a daemon no Nx watches files. What a stage asks for need not be watched.
  const daemon = isOnDemand ? {} : { NX_DAEMON: host.env['NX_DAEMON'] ?? 'true' };
  const env = { ...worktreeEnvironment(worktree, host.env, passEnv), ...(await worktreeVariables(issue, context)), ...daemon };
  const redactLine = createLineRedactor(await worktreeRedactor({ worktree, env, base: issue.manifest.base }, context));
  const [file, ...args] = commandWords(command, portNames(issue.local));
  onProgress(`serve: ${[file, ...args].join(' ')}`);
  return host.commands.run({
    file,
    args,
    cwd: worktree,
    env,
    timeoutMs: Infinity,
    onLine: (line) => onProgress(redactLine(printable(line))),
    signal: context.signal === undefined ? signal : AbortSignal.any([signal, context.signal]),
  });
}

interface Waiting extends Pick<ServeRequest, 'settings' | 'readyTimeoutMs'> {
  readonly isOver: () => boolean;
}

async function untilReady({ settings, readyTimeoutMs, isOver }: Waiting, surroundings: Surroundings): Promise<Readiness> {
  const { access, context } = surroundings;
  const giveUpAt = context.host.now().getTime() + readyTimeoutMs;
  while (!isOver()) {
    if (await isReady(settings, surroundings)) return isOver() ? 'ended' : 'ready';
    if (context.host.now().getTime() >= giveUpAt) return 'late';
    await access.pause(POLL_MS);
  }
  return 'ended';
}

async function isReady({ url, readyUrl }: AppSettings, { issue: { local }, access }: Surroundings): Promise<boolean> {
  if (readyUrl === null) return access.listens(appUrl(url, local));
  const answer = await access.send({ method: 'GET', url: appUrl(readyUrl, local), headers: [], body: '' });
  return answer.kind === 'answered' && answer.status < FIRST_ERROR_STATUS;
}

function waitedFor({ url, readyUrl }: AppSettings, { local }: StageIssue): string {
  return readyUrl === null
    ? `nothing listens at ${appUrl(url, local)}`
    : `${appUrl(readyUrl, local)} does not answer with a status below ${FIRST_ERROR_STATUS}`;
}

/** An app that Nx has told to end before us may end with any exit code: then our own turn comes a moment later. */
async function isEndingToo({ access, context: { signal } }: Surroundings): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < ENDING_TOO_MS && signal?.aborted !== true; waitedMs += POLL_MS) await access.pause(POLL_MS);
  return signal?.aborted === true;
}

/** Nx tells all processes of a task to end, the app before or after us. */
function isToldToEnd({ exitCode, signal }: CommandResult): boolean {
  return exitCode === null ? ENDING_SIGNALS.has(signal ?? '') : ENDING_EXIT_CODES.has(exitCode);
}

function howItEnded({ ended, exitCode, signal }: CommandResult): string {
  if (ended !== 'exited') return ended;
  return exitCode === null ? `signal ${signal}` : `exit code ${exitCode}`;
}
