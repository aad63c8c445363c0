import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { succeed } from './processes.js';
import type { Workspace } from './workspace.js';

/** What `npm install` makes of a workspace's package.json, by a name for it. */
interface Template {
  readonly name: string;
  readonly packages: readonly string[];
}

const INSTALLING_MS = 300_000;
const MANIFESTS = ['package.json', 'package-lock.json'];

/** Installs once for each template, for all suites and both workers; workspaces get hard links, since npm replaces files and never writes into them. */
export async function installFromTemplate({ name, packages }: Template, workspace: Workspace): Promise<void> {
  const templates = join(dirname(workspace.env['npm_config_userconfig'] ?? ''), 'templates');
  const template = join(templates, name);
  if (await isMine(template)) {
    try {
      await succeed(workspace.run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...packages]));
      await copy(workspace.root, template, workspace);
      mkdirSync(join(template, 'done'));
    } catch (error) {
      rmSync(template, { recursive: true, force: true });
      throw error;
    }
  } else await copy(template, workspace.root, workspace);
}

/** True for who is to make it; else waits until it is made. */
async function isMine(template: string): Promise<boolean> {
  mkdirSync(dirname(template), { recursive: true });
  for (const giveUpAt = Date.now() + INSTALLING_MS; Date.now() < giveUpAt; await sleep(100)) {
    if (existsSync(join(template, 'done'))) return false;
    try {
      mkdirSync(template);
      return true;
    } catch {
      // The other worker makes it.
    }
  }
  throw new Error(`"${template}" was not made in time`);
}

async function copy(from: string, to: string, workspace: Workspace): Promise<void> {
  for (const file of MANIFESTS) cpSync(join(from, file), join(to, file));
  rmSync(join(to, 'node_modules'), { recursive: true, force: true });
  await succeed(workspace.run('cp', ['-al', join(from, 'node_modules'), to]));
  // npm and commands of the suites write into these as they are.
  const own = readdirSync(join(from, 'node_modules'), { withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { name } of own) {
    rmSync(join(to, 'node_modules', name));
    cpSync(join(from, 'node_modules', name), join(to, 'node_modules', name), { preserveTimestamps: true });
  }
}
