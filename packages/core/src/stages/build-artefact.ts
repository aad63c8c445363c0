import { z } from 'zod';
import { objectIdSchema } from '../git/object-id.js';
import { parseArtefact } from '../artefact/parse-artefact.js';
import { UserError } from '../errors/user-error.js';
import type { StageContext } from './stage-context.js';
import { BUILD_TARGET, targetOf } from './targets.js';

/** What a build made: `build.json`, beside `branch.bundle` with the commits. */
export const buildSchema = z.strictObject({
  agent: z.string(),
  /** The commit that the work starts from: the manifest's base, or the blockers' builds merged. */
  base: objectIdSchema,
  head: objectIdSchema,
  tree: objectIdSchema,
  commits: z.array(z.string()),
});

export type Build = z.infer<typeof buildSchema>;

/** @throws UserError when the target has not run or its artefact is not one of ours */
export async function requireBuild(project: string, agent: string, { host }: Pick<StageContext, 'host'>): Promise<Build> {
  const target = targetOf(BUILD_TARGET, agent);
  const text = await host.artefacts.read(project, target, 'build.json');
  if (text === null) throw new UserError(`"${project}" has not been built by ${agent}. Run: nx run ${project}:${target}`);
  const build = parseArtefact(text, buildSchema);
  if (build?.agent === agent) return build;
  throw new UserError(
    `"${host.artefacts.directory(project, target)}/build.json" is not a build by ${agent} of this version. Run: nx run ${project}:${target}; if that does not help, nx g worktree --issue=${project.slice('issue-'.length)} --again`,
  );
}
