import { UserError } from '../errors/user-error.js';
import type { Manifest } from './manifest.js';
import type { StateStore } from './state-store.js';

export interface Manifests {
  /** By project. */
  readonly valid: ReadonlyMap<string, Manifest>;
  /** Why a project's manifest cannot be read, by project. It concerns that issue only. */
  readonly faults: ReadonlyMap<string, string>;
}

/** The manifests of all issues. */
export async function readManifests(state: Pick<StateStore, 'listProjects' | 'readManifest'>): Promise<Manifests> {
  const valid = new Map<string, Manifest>();
  const faults = new Map<string, string>();
  for (const project of await state.listProjects()) {
    try {
      const manifest = await state.readManifest(project);
      if (manifest !== null) valid.set(project, manifest);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      faults.set(project, error.message);
    }
  }
  return { valid, faults };
}
