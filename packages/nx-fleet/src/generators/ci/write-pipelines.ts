import { type CommandRunner, printable } from '@nx-fleet/core';
import { generateFiles, type Tree } from '@nx/devkit';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parseDocument } from 'yaml';
import type { NormalizedCiOptions } from './normalize-options.js';
import { otherPipelines, pinActions, pinnedActions } from './other-pipelines.js';
import type { PipelineValues } from './pipeline-values.js';
import { PACKAGE_ROOT } from '../../package-root.js';

export interface PipelineFile {
  /** Relative to the workspace. */
  readonly file: string;
  readonly outcome: 'written' | 'unchanged' | 'kept';
  /** What is written where it is unchanged. */
  readonly ours: string;
  /** Actions that could not be pinned, where the repository pins its own. */
  readonly unpinned: readonly string[];
}

export const GITLAB_ROOT = '.gitlab-ci.yml';
export const GITLAB_PIPELINE = '.gitlab/nx-fleet.gitlab-ci.yml';
const GITHUB_PIPELINES = ['.github/workflows/nx-fleet-review.yml', '.github/workflows/nx-fleet-issue.yml'];

/** Fills in the templates. A file that says something else than ours is kept, unless it is to be overwritten. */
export function writePipelines(tree: Tree, { provider, overwrite }: NormalizedCiOptions, values: PipelineValues): readonly PipelineFile[] {
  const files = provider === 'github' ? GITHUB_PIPELINES : [GITLAB_PIPELINE];
  const present = new Map(files.map((file) => [file, tree.read(file, 'utf-8')]));
  const pins = pinnedActions(otherPipelines(tree));
  generate(tree, provider, values);
  // The project's own pipeline is theirs; it is made only where there is none.
  if (provider === 'gitlab' && !tree.exists(GITLAB_ROOT)) generate(tree, 'gitlab-root', values);
  return files.map((file) => {
    const { text: ours, unpinned } = pinActions(tree.read(file, 'utf-8') ?? '', pins);
    tree.write(file, ours);
    const theirs = present.get(file) ?? null;
    const isSame = theirs !== null && saySame(theirs, ours);
    if (theirs === null || (!isSame && overwrite)) return { file, outcome: 'written', ours, unpinned };
    tree.write(file, theirs);
    return { file, outcome: isSame ? 'unchanged' : 'kept', ours, unpinned: [] };
  });
}

/** Whether the project's own GitLab pipeline takes ours in. */
export function includesOurs(tree: Tree): boolean {
  return (tree.read(GITLAB_ROOT, 'utf-8') ?? '').includes(GITLAB_PIPELINE);
}

function generate(tree: Tree, folder: string, values: PipelineValues): void {
  generateFiles(tree, join(PACKAGE_ROOT, 'templates', 'ci', folder), '.', { ...values, dot: '.' });
}

/** A formatter may have been at it: what counts is what the YAML says. */
function saySame(theirs: string, ours: string): boolean {
  const document = parseDocument(theirs);
  return document.errors.length === 0 && isDeepStrictEqual(document.toJS(), parseDocument(ours).toJS());
}

export interface DifferenceRequest {
  readonly workspaceRoot: string;
  /** Relative to the workspace. */
  readonly file: string;
  /** What the file would hold. */
  readonly wanted: string;
  readonly path: string;
}

/** How a file would change, as git shows it: lines with `-` go, lines with `+` come. */
export async function difference({ workspaceRoot, file, wanted, path }: DifferenceRequest, commands: CommandRunner): Promise<string> {
  const { ended, exitCode, stdout, stderr } = await commands.run({
    file: 'git',
    args: ['diff', '--no-index', '--no-color', '--no-ext-diff', '--no-textconv', '--', file, '-'],
    cwd: workspaceRoot,
    env: { PATH: path, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' },
    input: wanted,
  });
  // With --no-index git answers 1 for a difference.
  if (ended !== 'exited' || exitCode !== 1) throw new Error(`git diff --no-index failed for "${file}"`, { cause: stderr });
  const lines = printable(stdout).split('\n');
  return lines.slice(lines.findIndex((line) => line.startsWith('@@'))).join('\n');
}
