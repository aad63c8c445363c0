import { z } from 'zod';

/** An issue as GitHub's REST API gives it; what we do not need is left out. */
export const issueAnswer = z.object({
  number: z.number().int(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.enum(['open', 'closed']),
  html_url: z.url({ protocol: /^https?$/ }),
  pull_request: z.unknown().optional(),
});

/** Issues that block another one; they may be of other repositories. */
export const blockersAnswer = z.array(
  z.object({
    number: z.number().int(),
    state: z.enum(['open', 'closed']),
    repository_url: z.string(),
  }),
);

export type BlockersAnswer = z.infer<typeof blockersAnswer>;

/** A pull request; the repository that its branch is in is gone when it was deleted. */
export const pullRequestAnswer = z.object({
  number: z.number().int(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.enum(['open', 'closed']),
  merged_at: z.string().nullish(),
  html_url: z.url({ protocol: /^https?$/ }),
  head: z.object({
    ref: z.string().min(1),
    sha: z.string().regex(/^[\da-f]{40,64}$/),
    repo: z.object({ full_name: z.string() }).nullish(),
  }),
  base: z.object({ ref: z.string().min(1), repo: z.object({ full_name: z.string() }) }),
});

export const pullRequestsAnswer = z.array(pullRequestAnswer);

export type PullRequestAnswer = z.infer<typeof pullRequestAnswer>;
