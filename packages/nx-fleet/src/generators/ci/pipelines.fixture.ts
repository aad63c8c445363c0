import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import type { Tree } from '@nx/devkit';
import { parseSettings, type SettingsInput } from '@nx-fleet/core';
import { pipelineValues, type WorkspaceCommands } from './pipeline-values.js';
import { writePipelines } from './write-pipelines.js';

/** What Nx says of each package manager, whether it is installed here or not. */
export const WORKSPACES = {
  npm: {
    packageManager: 'npm',
    commands: { install: 'npm install', ciInstall: 'npm ci', exec: 'npx' },
    node: { file: null, version: '24' },
  },
  pnpm: {
    packageManager: 'pnpm',
    commands: { install: 'pnpm install', ciInstall: 'pnpm install --frozen-lockfile', exec: 'pnpm exec' },
    node: { file: '.nvmrc', version: '24' },
  },
  yarn: {
    packageManager: 'yarn',
    commands: { install: 'yarn', ciInstall: 'yarn install --immutable', exec: 'yarn' },
    node: { file: null, version: '24' },
  },
  bun: {
    packageManager: 'bun',
    commands: { install: 'bun install', ciInstall: 'bun install --no-cache', exec: 'bun' },
    node: { file: null, version: '24' },
  },
} as const satisfies Record<string, WorkspaceCommands>;

export interface PipelineRequest {
  readonly provider: 'github' | 'gitlab';
  readonly workspace?: WorkspaceCommands;
  readonly settings?: SettingsInput;
  readonly label?: string;
  /** @default main */
  readonly base?: string;
  readonly overwrite?: boolean;
}

/** The pipelines as they are written into a tree. */
export function writeInto(
  tree: Tree,
  {
    provider,
    workspace = WORKSPACES.npm,
    settings = { tracker: { type: 'github' } },
    label = 'nx-fleet',
    base = 'main',
    overwrite = false,
  }: PipelineRequest,
): ReturnType<typeof writePipelines> {
  const options = { provider, label, base, overwrite };
  return writePipelines(tree, options, pipelineValues(options, parseSettings([{ file: 'nx.json', value: settings }]), workspace));
}

/** Text of the written files, by their path. */
export function writtenFiles(request: PipelineRequest): Readonly<Record<string, string>> {
  const tree = createTreeWithEmptyWorkspace();
  const files = writeInto(tree, request);
  return Object.fromEntries(files.map(({ file }) => [file, tree.read(file, 'utf-8') ?? '']));
}
