import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const REPOSITORY = join(import.meta.dirname, '../..');
const PACKAGES = ['core', 'git', 'host', 'databases', 'trackers', 'agents', 'nx-fleet'];

/**
 * Publishes the built packages to a registry of ours.
 * @param {{ url: string, directory: string }} registry
 */
export function publishPackages(registry) {
  for (const name of PACKAGES) {
    execFileSync(
      'npm',
      [
        'publish',
        '--registry',
        registry.url,
        '--userconfig',
        join(registry.directory, '.npmrc'),
        '--ignore-scripts',
        '--loglevel',
        'error',
      ],
      {
        cwd: join(REPOSITORY, 'packages', name),
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
  }
}
