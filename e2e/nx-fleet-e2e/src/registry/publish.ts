import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export const REPOSITORY = join(import.meta.dirname, '../../../..');
export const PACKAGES = ['core', 'git', 'host', 'databases', 'trackers', 'agents', 'nx-fleet'] as const;

/** Publishes the built packages to a registry of ours. */
export function publishPackages(registry: { readonly url: string; readonly directory: string }): void {
  for (const name of PACKAGES) {
    execFileSync('npm', ['publish', '--registry', registry.url, '--userconfig', join(registry.directory, '.npmrc'), '--ignore-scripts'], {
      cwd: join(REPOSITORY, 'packages', name),
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
}
