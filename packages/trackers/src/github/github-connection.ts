import { printableLine, UserError } from '@nx-fleet/core';
import type { z } from 'zod';
import type { GitHubClient } from './github-client.js';
import type { GitHubAnswer } from './github-request.js';
import { describeGitHubFailure, type FailedQuestion } from './github-failure.js';
import type { GitHubPlace } from './github-place.js';

/** A repository on GitHub, and the client that asks for it. */
export interface GitHubConnection {
  readonly client: GitHubClient;
  readonly place: GitHubPlace;
  /** No token was found. */
  readonly anonymous: boolean;
}

/** What an answer holds. @throws UserError when there was none, or not what GitHub sends */
export function requireAnswer<Schema extends z.ZodType>(schema: Schema, answer: GitHubAnswer, question: FailedQuestion): z.output<Schema> {
  if (answer.kind === 'failed') {
    throw describeGitHubFailure(answer.failure, question);
  }
  const parsed = schema.safeParse(answer.data);
  if (parsed.success) {
    return parsed.data;
  }
  const [first] = parsed.error.issues;
  const where = first === undefined || first.path.length === 0 ? 'the answer' : `"${printableLine(first.path.map(String).join('.'), 60)}"`;
  throw new UserError(
    `${question.subject} could not be read: ${new URL(question.apiUrl).host} answered 200, but ${where} is not what GitHub sends. Check "tracker.apiUrl", and that no proxy or login page answers in its place.`,
  );
}
