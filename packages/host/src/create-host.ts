import { homedir } from 'node:os';
import path from 'node:path';
import type { Host } from '@nx-fleet/core';
import {
  busyPorts,
  exclusively,
  exclusiveWork,
  namesIn,
  pathExists,
  processesIn,
  readFileIfPresent,
  writePrivateFile,
} from '@nx-fleet/system';
import { installDependencies } from './dependencies/install-dependencies.js';
import { fillAssignments, readAssignments, readManagedBlock, writeManagedBlock } from './env-files/env-block.js';
import { includeFiles } from './env-files/include-files.js';
import { createLedger } from './ledger/ledger.js';
import { createRegistry } from './registry/registry.js';
import { createCommandRunner, hasProgram } from './run/command-runner.js';
import { endStrays } from './run/run-mark.js';
import { forgottenScratchFolders } from './run/scratch-folders.js';
import { startInBackground } from './run/start-in-background.js';
import { createArtifactStore } from './state/artifact-store.js';
import { discardDirectory, sweepDiscarded } from './state/discard-directory.js';
import { cloneId, stateDirectory } from './state/state-directory.js';
import { createStateStore } from './state/state-store.js';

export interface HostOptions {
  /** The worktree that the command runs in. Artifacts are below it, in `.nx-fleet/out/`, where its Nx looks for them; so do the locks on them. */
  readonly workspaceRoot: string;
  /** The worktree below which the issues and the ledger stand, for all worktrees of the repository. Not called before they are asked for. @default workspaceRoot */
  readonly findMainWorktree?: () => Promise<string>;
  /** The caller's environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** @default `$NX_FLEET_HOME/registry`, `$XDG_STATE_HOME/nx-fleet/registry` or `~/.local/state/nx-fleet/registry` */
  readonly registryDirectory?: string;
}

/** This machine, for real. */
export function createHost(options: HostOptions): Host {
  const { workspaceRoot, findMainWorktree = async () => workspaceRoot } = options;
  const commands = createCommandRunner();
  const env = definedOnly(options.env);
  return {
    commands,
    registry: createRegistry({ directory: options.registryDirectory ?? defaultRegistryDirectory(env) }),
    state: createStateStore(findMainWorktree),
    artifacts: createArtifactStore(workspaceRoot),
    ledger: createLedger({ workspaceRoot, findMainWorktree, env }),
    env,
    cloneId,
    busyPorts,
    endStrays: async (directory) => ((await pathExists(directory)) ? endStrays(directory) : 0),
    processesIn,
    startInBackground: (command) => startInBackground(command, env),
    installDependencies: (request) => installDependencies(commands, request),
    includeFiles,
    writeEnvironment: async (file, values) => writePrivateFile(file, writeManagedBlock(await readFileIfPresent(file), values)),
    readEnvironment: async (file) => readManagedBlock(await readFileIfPresent(file)),
    readVariables: async (file) => readAssignments(await readFileIfPresent(file)),
    fillEnvironment: async (file, values) => {
      const text = await readFileIfPresent(file);
      const filled = text === null ? null : fillAssignments(text, values);
      if (filled !== null && filled !== text) await writePrivateFile(file, filled);
    },
    readFile: readFileIfPresent,
    writePrivateFile,
    pathExists,
    hasProgram,
    listDirectory: async (directory) => (await namesIn(directory)).toSorted(),
    discardDirectory: (directory) => discardDirectory(directory, env),
    sweepDiscarded,
    forgottenScratchFolders,
    exclusively: (name, work) => exclusively(path.join(stateDirectory(workspaceRoot), 'local', 'locks', name), work),
    exclusiveWork: (prefix) => exclusiveWork(path.join(stateDirectory(workspaceRoot), 'local', 'locks'), prefix),
    now: () => new Date(),
  };
}

/** Where the registry of this user stands. Empty and relative values are passed over, as the XDG specification asks. */
export function defaultRegistryDirectory(env: Readonly<Record<string, string>>): string {
  const absolute = (value: string | undefined): string | null => (value !== undefined && path.isAbsolute(value) ? value : null);
  const own = absolute(env['NX_FLEET_HOME']);
  if (own !== null) {
    return path.join(own, 'registry');
  }
  const state = absolute(env['XDG_STATE_HOME']) ?? path.join(absolute(env['HOME']) ?? homedir(), '.local', 'state');
  return path.join(state, 'nx-fleet', 'registry');
}

function definedOnly(env: HostOptions['env']): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
