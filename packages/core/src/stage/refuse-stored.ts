import { UserError } from '../errors/user-error.js';
import type { StageContext } from './stage-context.js';

/** A stored result that cannot be what this stage was to make. */
export interface RefusedResult {
  /** `build by claude`. */
  readonly what: string;
  /** Ends the sentence "It is not taken: …". */
  readonly reason: string;
  readonly project: string;
  /** Makes it again. */
  readonly target: string;
}

/**
 * For results that come from Nx's cache, which may be one that others write to. Running again would find the same there; in a run without the
 * cache what is here and sound stays, and the rest is made again. Nx stores nothing of such a run: it has to go as far as the user wants to.
 */
export function refuseStored({ what, reason, project, target }: RefusedResult, cause?: unknown): UserError {
  return new UserError(
    `Rejected the stored ${what} of "${project}": ${reason}. If it came from a shared cache, it was forged or damaged there. Run it again: nx run ${project}:${target} --skip-nx-cache`,
    { cause },
  );
}

/** @throws UserError when a file beside a stage's artifact is missing */
export async function requireFile(name: string, { host, project, target }: StageContext): Promise<void> {
  const file = `${host.artifacts.directory(project, target)}/${name}`;
  if (!(await host.pathExists(file))) throw new UserError(`"${file}" does not exist. Run: nx run ${project}:${target}`);
}
