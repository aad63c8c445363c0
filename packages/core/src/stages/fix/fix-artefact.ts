import { z } from 'zod';
import { parseArtefact } from '../../artefact/parse-artefact.js';
import { UserError } from '../../errors/user-error.js';
import { objectIdSchema } from '../../git/object-id.js';
import type { StageContext } from '../../stage/stage-context.js';
import { FIX_TARGET, parseTarget, targetOf } from '../../stage/targets.js';

/** What a fix made: `fix.json`, beside `branch.bundle` with the commits where there are any. */
export const fixSchema = z.strictObject({
  agent: z.string(),
  /** What was reviewed. */
  startTree: objectIdSchema,
  /** The same when there was nothing to fix. */
  tree: objectIdSchema,
  commits: z.array(z.string()),
  /** How many findings the writer was given. */
  fixed: z.int().min(0),
});

export type Fix = z.infer<typeof fixSchema>;

/** @throws UserError when the target has not run or its artefact is not one of nx-fleet */
export async function requireFix(context: StageContext, writer: string): Promise<Fix> {
  const { round } = parseTarget(context.target);
  const { project } = context;
  const fix = await readFix({ writer, round }, context);
  if (fix !== null) return fix;
  const target = targetOf(FIX_TARGET, writer, round);
  throw new UserError(
    `"${project}" has no fix of this version by ${writer}. Run: nx run ${project}:${target}; if that does not help, add --skip-nx-cache`,
  );
}

/** The fix of a round, or null. */
export async function readFix(
  { writer, round }: { readonly writer: string; readonly round: number },
  { project, host }: Pick<StageContext, 'project' | 'host'>,
): Promise<Fix | null> {
  const fix = parseArtefact(await host.artefacts.read(project, targetOf(FIX_TARGET, writer, round), 'fix.json'), fixSchema);
  return fix?.agent === writer ? fix : null;
}
