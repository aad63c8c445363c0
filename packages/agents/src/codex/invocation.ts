import { type AgentRequest, type ScratchFolders, withScratchFolder } from '@nx-fleet/core';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readerProfile } from './hidden-paths.js';
import type { Invocation } from '../agent-process.js';

/** Names of the variables that hold Codex's login. A provider of the user's own configuration names its key through `passEnv`. */
export const CODEX_LOGIN_NAMES: readonly string[] = ['CODEX_API_KEY', 'OPENAI_API_KEY', 'OPENAI_BASE_URL', 'CODEX_HOME'];

export interface CodexSurroundings {
  /** File outside the worktree that holds the schema of the answer, or null for free text. */
  readonly schemaFile: string | null;
  /** Names of variables that the agent's commands may see. */
  readonly commandNames: readonly string[];
  /** Real paths of what a reader's commands must not see. */
  readonly hidden: readonly string[];
}

// Without network access the sandbox refuses sockets, and with them Node's synchronous child processes and every port: EPERM.
// Other worktrees can lie under /tmp, so the writer gets a temporary folder of its own through TMPDIR.
const WRITER: readonly string[] = ['sandbox_workspace_write.network_access=true', 'sandbox_workspace_write.exclude_slash_tmp=true'];

// A search runs at the vendor, outside the sandbox: what a reader reads could leave in its words.
// Should a Codex not heed the profile, it is left with the older sandbox, which hides nothing but lets write nothing.
const READ_ONLY: readonly string[] = ['web_search="disabled"', 'sandbox_mode="read-only"'];

/** The command line of `codex exec`; the prompt goes to standard input, where no word of it can be taken for a sub-command. */
export function planCodexInvocation(request: AgentRequest, surroundings: CodexSurroundings): Invocation {
  const { model, readOnly } = request;
  const { schemaFile } = surroundings;
  const settings = [
    'check_for_update_on_startup=false',
    'analytics.enabled=false',
    ...environmentPolicy(surroundings.commandNames),
    ...(readOnly ? [...READ_ONLY, ...readerProfile(request.cwd, surroundings.hidden)] : WRITER),
  ];
  return {
    args: [
      ...settings.flatMap((setting) => ['-c', setting]),
      'exec',
      '--json',
      // The option would put the profile out of force.
      ...(readOnly ? [] : ['--sandbox', 'workspace-write']),
      '--ephemeral',
      ...(model === null ? [] : ['--model', model]),
      ...(schemaFile === null ? [] : ['--output-schema', schemaFile]),
      '-',
    ],
    input: request.prompt,
  };
}

// Names, not values: an argument can be read by every user of the machine.
function environmentPolicy(names: readonly string[]): readonly string[] {
  return [
    'shell_environment_policy.inherit="all"',
    'shell_environment_policy.ignore_default_excludes=true',
    `shell_environment_policy.include_only=${JSON.stringify(names.filter((name) => /^\w+$/.test(name)))}`,
  ];
}

export interface RunFolder {
  /** File with the schema, out of the agent's reach, or null when there is none. */
  readonly schemaFile: string | null;
  /** Folder for the temporary files of the agent's commands. */
  readonly temporary: string;
}

const PLAIN_FOLDERS: ScratchFolders = {
  async create() {
    const directory = await mkdtemp(join(await realpath(tmpdir()), 'nx-fleet-codex-'));
    return { directory, remove: () => rm(directory, { recursive: true, force: true, maxRetries: 3 }) };
  },
};

/** Gives `use` a folder outside the worktree for one run, and removes it afterwards. */
export async function withRunFolder<T>(
  {
    schema,
    scratch = PLAIN_FOLDERS,
  }: { readonly schema: Readonly<Record<string, unknown>> | undefined; readonly scratch: ScratchFolders | undefined },
  use: (folder: RunFolder) => Promise<T>,
): Promise<T> {
  return withScratchFolder(scratch, async (root) => {
    const temporary = join(root, 'tmp');
    await mkdir(temporary);
    const schemaFile = schema === undefined ? null : join(root, 'schema.json');
    if (schemaFile !== null) await writeFile(schemaFile, JSON.stringify(schema));
    return use({ schemaFile, temporary });
  });
}
