import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runStep } from './run-step.mjs';

/** Says why the dependencies have to be installed, or null when they are as the lockfile wants them. */
export function reasonToInstall(root) {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return 'node_modules is missing or unfinished';
  return statSync(installed).mtimeMs < statSync(join(root, 'package-lock.json')).mtimeMs
    ? 'node_modules is older than package-lock.json'
    : null;
}

/** Installs exactly what the lockfile says, when needed. Returns whether the dependencies are there. */
export async function install(root) {
  const reason = reasonToInstall(root);
  if (reason === null) return true;
  process.stdout.write(`${reason}\n`);
  return runStep('npm ci', { command: 'npm', args: ['ci', '--no-audit', '--no-fund'], cwd: root });
}
