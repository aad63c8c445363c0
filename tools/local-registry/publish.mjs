import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const PACKAGE = join(import.meta.dirname, '../../packages/nx-fleet');

/**
 * Publishes the built package to a registry of ours.
 * @param {{ url: string, directory: string }} registry
 */
export function publishPackage(registry) {
  const userconfig = join(registry.directory, '.npmrc');
  const args = ['publish', '--registry', registry.url, '--userconfig', userconfig, '--ignore-scripts', '--loglevel', 'error'];
  execFileSync('npm', args, { cwd: PACKAGE, stdio: ['ignore', 'ignore', 'inherit'] });
}
