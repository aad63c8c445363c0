import { z } from 'zod';
import { parseArtefact } from '../artefact/parse-artefact.js';
import { UserError } from '../errors/user-error.js';
import { objectIdSchema } from '../git/object-id.js';
import type { StageContext } from './stage-context.js';
import { FIX_TARGET, targetOf } from './targets.js';

/** What a fix made: `fix.json`, beside `branch.bundle` with the commits where there are any. */
const fixSchema = z.strictObject({
  agent: z.string(),
  /** The commit that was reviewed. */
  start: objectIdSchema,
  /** The same when there was nothing to mend. */
  head: objectIdSchema,
  tree: objectIdSchema,
  commits: z.array(z.string()),
  /** How many findings the writer was given. */
  fixed: z.int().min(0),
});

export type Fix = z.infer<typeof fixSchema>;

/** @throws UserError when the target has not run or its artefact is not one of ours */
export async function requireFix({ project, host }: StageContext, writer: string): Promise<Fix> {
  const target = targetOf(FIX_TARGET, writer);
  const fix = parseArtefact(await host.artefacts.read(project, target, 'fix.json'), fixSchema);
  if (fix?.agent === writer) return fix;
  throw new UserError(
    `"${project}" has no fix of this version by ${writer}. Run: nx run ${project}:${target}; if that does not help, add --skip-nx-cache`,
  );
}
