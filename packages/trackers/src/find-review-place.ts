import { readFile } from 'node:fs/promises';
import { type CommandRunner, parseJson, printableLine, type ReviewPlace, UserError } from '@nx-fleet/core';
import { z } from 'zod';
import { createGitHubComments } from './github/github-comments.js';
import { requireGitHubPlace } from './github/github-place.js';
import { createGitHubRequest } from './github/github-request.js';
import { findGitHubToken } from './github/github-connection.js';
import { createGitLabComments } from './gitlab/gitlab-comments.js';
import { createGitLabRequest } from './gitlab/gitlab-request.js';
import { requireSafeUrl } from './bounded-fetch.js';

export interface PipelineContext {
  readonly env: Readonly<Record<string, string>>;
  readonly commands: CommandRunner;
  readonly mainWorktree: string;
}

/** How long requests may take: `Tracker`s have the same. */
export interface PipelineTiming {
  readonly timeoutMs: number;
  readonly waitUnitMs: number;
}

const TIMING: PipelineTiming = { timeoutMs: 15_000, waitUnitMs: 1_000 };

const repository = z.object({ full_name: z.string() });
const eventSchema = z.object({
  pull_request: z
    .object({
      number: z.int().positive(),
      head: z.object({ repo: repository.nullish() }),
      base: z.object({ repo: repository }),
    })
    .optional(),
  /** The ref of a merge queue names the pull request that is on top. */
  merge_group: z.object({ head_ref: z.string() }).optional(),
});
const QUEUED = /^refs\/heads\/gh-readonly-queue\/.+\/pr-([1-9]\d{0,9})-[0-9a-f]{40,64}$/;
const gitHubVariables = z.object({
  GITHUB_EVENT_PATH: z.string().min(1),
  GITHUB_REPOSITORY: z.string().regex(/^(?!\.+\/)[\w.-]+\/(?!\.+$)[\w.-]+$/),
});
const id = z.string().regex(/^[1-9]\d{0,18}$/);
const gitLabVariables = z.object({
  CI_API_V4_URL: z.string().min(1),
  CI_PROJECT_ID: id,
  CI_MERGE_REQUEST_IID: id,
  CI_MERGE_REQUEST_PROJECT_ID: id.optional(),
  CI_MERGE_REQUEST_SOURCE_PROJECT_ID: id.optional(),
  CI_MERGE_REQUEST_PROJECT_PATH: z.string().optional(),
});

/**
 * The pull request that a pipeline of GitHub or GitLab runs for, by its environment; or why there is none to write on. Nothing is asked yet.
 * @throws UserError when the environment is not what the pipeline's system sets
 */
export async function findReviewPlace(context: PipelineContext, timing: PipelineTiming = TIMING): Promise<ReviewPlace> {
  const { env } = context;
  if (env['GITHUB_ACTIONS'] === 'true') return gitHubPlace(context, timing);
  if (env['GITLAB_CI'] === 'true') return gitLabPlace(env, timing);
  return nowhere('this is not a pipeline of GitHub or GitLab');
}

async function gitHubPlace({ env, commands, mainWorktree }: PipelineContext, timing: PipelineTiming): Promise<ReviewPlace> {
  const { GITHUB_EVENT_PATH: eventFile, GITHUB_REPOSITORY: name } = requireVariables(gitHubVariables, env);
  const { pull_request: pullRequest, merge_group: queue } = await readEvent(eventFile);
  const [, queued] = QUEUED.exec(queue?.head_ref ?? '') ?? [];
  const number = pullRequest?.number ?? (queued === undefined ? undefined : Number(queued));
  if (number === undefined) return nowhere('this run is not for a pull request');
  if (pullRequest !== undefined && !isOfRepository(pullRequest)) return nowhere(FORK);
  const place = requireGitHubPlace({ type: 'github', repository: name }, env, null);
  const token = await findGitHubToken({ env, commands, cwd: mainWorktree, host: place.webHosts[0] ?? 'github.com' });
  if (token === null) return nowhere('no token found: give the step GITHUB_TOKEN, with "permissions: pull-requests: write"');
  const comments = createGitHubComments({ place, number, request: createGitHubRequest({ place, token, timing }) });
  return pullRequest === undefined
    ? { kind: 'read-only', comments, why: `the merge queue is at work on ${comments.place}` }
    : { kind: 'pull-request', comments };
}

function isOfRepository({ head, base }: NonNullable<z.infer<typeof eventSchema>['pull_request']>): boolean {
  return head.repo?.full_name.toLowerCase() === base.repo.full_name.toLowerCase();
}

function gitLabPlace(env: PipelineContext['env'], timing: PipelineTiming): ReviewPlace {
  if (!env['CI_MERGE_REQUEST_IID']) return nowhere('this pipeline is not for a merge request');
  const variables = requireVariables(gitLabVariables, env);
  const project = variables.CI_MERGE_REQUEST_PROJECT_ID ?? variables.CI_PROJECT_ID;
  if ((variables.CI_MERGE_REQUEST_SOURCE_PROJECT_ID ?? project) !== project) return nowhere(FORK);
  const token = env['GITLAB_TOKEN']?.trim() ?? '';
  if (token === '') return nowhere('no token found: set GITLAB_TOKEN, a project access token with the scope "api"');
  if (!/^[\x21-\x7E]+$/.test(token)) throw new UserError('"GITLAB_TOKEN" holds characters that a token cannot have. Set it again.');
  const apiUrl = variables.CI_API_V4_URL.replace(/\/+$/, '');
  requireSafeUrl(apiUrl, {
    name: 'GitLab API',
    setting: 'CI_API_V4_URL',
    example: 'https://gitlab.example.com/api/v4',
    token: 'GITLAB_TOKEN',
  });
  const name = printableLine(variables.CI_MERGE_REQUEST_PROJECT_PATH ?? `project ${project}`, 100);
  const request = createGitLabRequest({ apiUrl, token, timing });
  const number = Number(variables.CI_MERGE_REQUEST_IID);
  return { kind: 'pull-request', comments: createGitLabComments({ project, number, name, request }) };
}

const FORK = 'the change comes from a fork, whose pipelines get no token that may write';

function nowhere(why: string): ReviewPlace {
  return { kind: 'nowhere', why };
}

function requireVariables<Schema extends z.ZodType>(schema: Schema, env: PipelineContext['env']): z.output<Schema> {
  const parsed = schema.safeParse(env);
  if (parsed.success) return parsed.data;
  const name = parsed.error.issues[0]?.path.map(String).join('.') ?? '';
  throw new UserError(
    `The variable ${name} is missing or not what a pipeline sets. Run this in a pipeline as it is, or without its variables.`,
  );
}

async function readEvent(file: string): Promise<z.infer<typeof eventSchema>> {
  const parsed = eventSchema.safeParse(parseJson(await readEventFile(file)));
  if (parsed.success) return parsed.data;
  throw new UserError(`"${printableLine(file)}" (GITHUB_EVENT_PATH) is not an event of GitHub. Run this in a workflow as it is.`);
}

async function readEventFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UserError(`"${printableLine(file)}" (GITHUB_EVENT_PATH) cannot be read. Run this in a workflow as it is.`, { cause: error });
  }
}
