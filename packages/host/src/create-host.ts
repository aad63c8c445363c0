import { rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import type { Host } from '@nx-fleet/core';
import { createArtefactStore } from './artefact-store.js';
import { busyPorts } from './busy-ports.js';
import { createCommandRunner } from './command-runner.js';
import { endStrays } from './end-strays.js';
import { installDependencies } from './dependencies/install-dependencies.js';
import { writePrivateFile } from './private-file.js';
import { pathExists, readFileIfPresent } from './read-file.js';
import { createRegistry } from './registry.js';
import { createStateStore } from './state-store.js';

export interface HostOptions {
  /** The state stands below it, in `.nx-fleet/`. */
  readonly mainWorktree: string;
  /** The caller's environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** @default `$NX_FLEET_HOME/registry`, `$XDG_STATE_HOME/nx-fleet/registry` or `~/.local/state/nx-fleet/registry` */
  readonly registryDirectory?: string;
}

/** This machine, for real. */
export function createHost(options: HostOptions): Host {
  const commands = createCommandRunner();
  const env = definedOnly(options.env);
  return {
    commands,
    registry: createRegistry({ directory: options.registryDirectory ?? defaultRegistryDirectory(env) }),
    state: createStateStore(options.mainWorktree),
    artefacts: createArtefactStore(options.mainWorktree),
    env,
    busyPorts,
    endStrays: async (directory) => ((await pathExists(directory)) ? endStrays(directory) : 0),
    installDependencies: (request) => installDependencies(commands, request),
    readFile: readFileIfPresent,
    writePrivateFile,
    pathExists,
    removeDirectory: (directory) => rm(directory, { recursive: true, force: true, maxRetries: 3 }),
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
