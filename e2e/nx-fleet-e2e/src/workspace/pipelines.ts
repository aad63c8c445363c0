import { parse } from 'yaml';
import type { Finished } from './processes.js';
import type { ProcessOptions, Workspace } from './workspace.js';

interface Step {
  readonly name?: string;
  readonly run?: string;
}

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}

interface GitLabJob {
  readonly before_script?: readonly string[];
  readonly script?: readonly string[];
  readonly after_script?: readonly string[];
}

type GitLabPipeline = Readonly<Record<string, GitLabJob>>;

/** The command of a step of a workflow. @throws Error when there is none of that name */
export function stepOf(workspace: Workspace, file: string, [job, name]: readonly [string, string]): string {
  const { jobs } = parse(workspace.read(file)) as Workflow;
  const command = jobs[job]?.steps.find((step) => step.name === name)?.run;
  if (command === undefined) throw new Error(`"${file}" has no step "${name}" in the job "${job}"`);
  return command;
}

/** All commands of a workflow, or of a pipeline for GitLab. */
export function commandsOf(workspace: Workspace, file: string): readonly string[] {
  const pipeline: unknown = parse(workspace.read(file));
  if (file.startsWith('.github/'))
    return Object.values((pipeline as Workflow).jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
  return Object.values(pipeline as GitLabPipeline).flatMap((job) => [
    ...(job.before_script ?? []),
    ...(job.script ?? []),
    ...(job.after_script ?? []),
  ]);
}

/** The commands of a part of a job for GitLab. */
export function scriptOf(workspace: Workspace, file: string, [job, part]: readonly [string, keyof GitLabJob]): readonly string[] {
  return (parse(workspace.read(file)) as GitLabPipeline)[job]?.[part] ?? [];
}

/** Runs a script as runners do: bash, which ends at the first command that fails. */
export function play(workspace: Workspace, script: string, options: ProcessOptions): Promise<Finished> {
  return workspace.run('bash', ['-e', '-c', script], options);
}
