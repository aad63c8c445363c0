import { z } from 'zod';
import { parseArtifact } from '../../artifact/artifact-store.js';
import { UserError } from '../../errors/user-error.js';
import { objectIdSchema } from '../../git/git.js';
import { type Finding, SEVERITIES } from '../../review/finding.js';
import { ARTIFACT_VERSION, schemaReference } from '../../review/published-schema.js';
import type { Review } from '../../review/review.js';
import type { StageContext } from '../../stage/stage-context.js';
import { E2E_TARGET, parseTarget, targetOf } from '../../stage/targets.js';
import type { Reviewed } from '../review/require-reviews.js';
import { requireValidation } from '../validate/validation-artifact.js';

const MAX_TITLE_CHARACTERS = 160;

/** Who is named for what an agent found in the running app: it may be a reviewer of the diff too. */
export function e2eReviewer(agent: string): string {
  return `${agent} e2e`;
}

/**
 * What was found in the running app, as a review among the others.
 * @param agent who tried it, undefined for none
 * @throws UserError when there is no trial of what the reviews judge
 */
export async function requireE2eReviews(
  agent: string | undefined,
  { tree, baseTree, round }: Omit<Reviewed, 'name'>,
  { host, project }: Pick<StageContext, 'host' | 'project'>,
): Promise<readonly Review[]> {
  if (agent === undefined) return [];
  const target = targetOf(E2E_TARGET, agent, round);
  const e2e = parseArtifact(await host.artifacts.read(project, target, 'e2e.json'), e2eSchema);
  if (e2e?.agent !== agent || e2e.tree !== tree || e2e.baseTree !== baseTree) {
    throw new UserError(`The app of "${project}" was not tried by ${agent} as it is now. Run: nx run ${project}:${target}`);
  }
  return [reviewOf(e2e)];
}

export async function requireStoredE2e(context: StageContext): Promise<void> {
  const { agent, round } = parseTarget(context.target);
  await requireE2eReviews(agent, { ...(await requireValidation(context)), round }, context);
}

function reviewOf(e2e: E2e): Review {
  const failed = e2e.checks.filter(({ passed }) => !passed).map(findingOf);
  const placeless = failed.filter(({ file }) => file === '');
  return {
    $schema: schemaReference('review'),
    version: ARTIFACT_VERSION,
    reviewer: e2eReviewer(e2e.agent),
    vendor: e2e.vendor,
    model: e2e.model,
    baseTree: e2e.baseTree,
    tree: e2e.tree,
    verdict: e2e.verdict,
    // Of what has no place only the title continues: what was seen goes along here.
    summary: [e2e.summary, ...placeless.map(({ title, body }) => `${title}: ${body}`)].join('\n\n'),
    findings: failed.filter(({ file }) => file !== ''),
    ungrounded: placeless.map(({ severity, title, file, startLine }) => ({ severity, title, file, startLine })),
  };
}

/** What does not hold concerns the change as a whole; the agent names the file that it suspects. */
function findingOf({ check, required, severity, seen, evidence, file }: E2e['checks'][number]): Finding {
  return {
    category: required ? 'spec' : 'correctness',
    severity,
    confidence: 1,
    title: `In the running app: ${check}`.slice(0, MAX_TITLE_CHARACTERS),
    body: `${required ? 'The issue asks for this, and it does not hold. ' : ''}${seen}\n\nSeen in ${evidence.join(', ')}.`,
    file,
    startLine: 0,
    endLine: 0,
    recommendation: '',
  };
}

/** What an agent found in the running app: `e2e.json`. Each result names the files beside it that show it. */
export const e2eSchema = z.strictObject({
  agent: z.string(),
  /** Who made the agent, as for a review. */
  vendor: z.string(),
  model: z.string().nullable(),
  /** What was tried; the gate compares it with what it is about to let through. */
  baseTree: objectIdSchema,
  tree: objectIdSchema,
  verdict: z.enum(['approve', 'request-changes']),
  summary: z.string(),
  checks: z.array(
    z.strictObject({
      check: z.string(),
      /** Whether the issue asks for it; else the agent looked by itself. */
      required: z.boolean(),
      passed: z.boolean(),
      severity: z.enum(SEVERITIES),
      seen: z.string(),
      /** `http-1.txt`: a request and its answer, written down by nx-fleet itself. */
      evidence: z.array(z.string()).min(1),
      /** A file of the change; empty when none can be named. */
      file: z.string(),
    }),
  ),
});

export type E2e = z.infer<typeof e2eSchema>;
