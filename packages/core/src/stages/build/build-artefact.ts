import { z } from 'zod';
import { objectIdSchema } from '../../git/object-id.js';
import { parseArtefact } from '../../artefact/parse-artefact.js';
import { UserError } from '../../errors/user-error.js';
import type { StageContext } from '../../stage/stage-context.js';
import { BUILD_TARGET, targetOf } from '../../stage/targets.js';

/** What a build made: `build.json`, beside `branch.bundle` with the commits. */
export const buildSchema = z.strictObject({
  agent: z.string(),
  /** The files that the work starts from: those of the manifest's base, or of the approved blockers, merged. */
  baseTree: objectIdSchema,
  tree: objectIdSchema,
  /** What an earlier build held that was moved over to this base and not made again. */
  movedFrom: objectIdSchema.optional(),
  commits: z.array(z.string()),
});

export type Build = z.infer<typeof buildSchema>;

type Reading = Pick<StageContext, 'host'>;

/** The stored build by a writer, or null. */
export async function readBuild(project: string, agent: string, { host }: Reading): Promise<Build | null> {
  const build = parseArtefact(await host.artefacts.read(project, targetOf(BUILD_TARGET, agent), 'build.json'), buildSchema);
  return build?.agent === agent ? build : null;
}

/** @throws UserError when the target has not run or its artefact is not one of nx-fleet */
export async function requireBuild(project: string, agent: string, context: Reading): Promise<Build> {
  const build = await readBuild(project, agent, context);
  if (build !== null) return build;
  const target = targetOf(BUILD_TARGET, agent);
  throw new UserError(
    `"${project}" has no build by ${agent} of this version. Run: nx run ${project}:${target}; if that does not help, nx g worktree --issue=${project.slice('issue-'.length)} --again`,
  );
}
