import type { Manifest } from './manifest.js';
import type { LocalState } from './local-state.js';

/** The state under `.nx-fleet/` of the main worktree. */
export interface StateStore {
  /** Projects that have a manifest, sorted. */
  listProjects(): Promise<readonly string[]>;
  /** @throws UserError with the file's path when it is not a manifest */
  readManifest(project: string): Promise<Manifest | null>;
  readSpec(project: string): Promise<string | null>;
  /** Both are replaced atomically; what is there already is not touched. */
  writeIssue(project: string, manifest: Manifest, spec: string): Promise<void>;
  readLocal(project: string): Promise<LocalState | null>;
  writeLocal(project: string, state: LocalState): Promise<void>;
  /** Removes manifest, spec, local state and artifacts. */
  removeIssue(project: string): Promise<void>;
}
