export { UserError } from './errors/user-error.js';
export { printable, printableLine } from './text/printable.js';
export { slug } from './text/slug.js';
export { issueBranch, issueId, issueProject, renderSpec, type Issue } from './issue/issue.js';
export type { Tracker } from './tracker/tracker.js';
export type {
  ChangedFile,
  CommitSummary,
  Git,
  MergeOutcome,
  RepositoryLocation,
  Snapshot,
  SnapshotRequest,
  WorktreeEntry,
} from './git/git.js';
export type { Command, CommandResult, CommandRunner } from './host/command.js';
export type { DependencyOutcome, DependencyRequest, Host } from './host/host.js';
export type { Allocation, ProcessIdentity, Registry, RegistryChange } from './host/registry.js';
export type { ArtefactStore } from './artefact/artefact-store.js';
export type { StateStore } from './manifest/state-store.js';
export { MANIFEST_VERSION, manifestSchema, type Manifest } from './manifest/manifest.js';
export { localStateSchema, type LocalState } from './manifest/local-state.js';
export type { Database, DatabaseBranch, DatabaseBranchRequest } from './database/database.js';
export type { Agent, AgentOutcome, AgentRequest, ModelUsage, Tier } from './agent/agent.js';
export {
  settingsSchema,
  type CommandLine,
  type DatabaseSettings,
  type Settings,
  type SettingsInput,
  type TrackerSettings,
} from './settings/settings.js';
export type { AgentDefinition, AgentsSettings } from './settings/agent-settings.js';
export { parseSettings, type SettingsSource } from './settings/parse-settings.js';
