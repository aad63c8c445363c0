import { printableLine, UserError } from '@nx-fleet/core';
import type { CiGeneratorSchema } from './schema.js';

export interface NormalizedCiOptions {
  readonly provider: 'github' | 'gitlab';
  readonly label: string;
  /** A branch, without its remote. */
  readonly base: string;
  readonly overwrite: boolean;
}

// Both are in pipelines, where a quote or a glob would be read as something else.
const LABEL = /^[\w][\w .:/+-]*$/;
const BRANCH = /^[\w][\w./-]*$/;

/** @param defaultBranch `origin/main` or `main`; null when unknown @throws UserError */
export function normalizeOptions(options: CiGeneratorSchema, defaultBranch: string | null): NormalizedCiOptions {
  const label = options.label ?? 'nx-fleet';
  if (!LABEL.test(label)) {
    throw new UserError(
      `--label="${printableLine(label)}" cannot be used in a pipeline. Use letters, digits, spaces and . : / + - _ only.`,
    );
  }
  const base = (options.base ?? defaultBranch)?.replace(/^origin\//, '');
  if (base === undefined) {
    throw new UserError(
      'The default branch is unknown. Name it, as in --base=main, or tell git: git remote set-head origin --auto; or set "defaultBase" in nx.json',
    );
  }
  if (!BRANCH.test(base))
    throw new UserError(`--base="${printableLine(base)}" cannot be used in a pipeline. Name a branch, as in --base=main.`);
  return { provider: options.provider, label, base, overwrite: options.overwrite ?? false };
}
