import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClaimRow } from './fleet-state.js';
import { query } from './shop.js';
import type { Workspace } from './workspace.js';

const BLOCK = ['PORT', 'API_PORT', 'DEBUG_PORT'];

/** Why a worktree of a shop is not whole, in words; empty for one that can be worked in. `dirt` is what somebody left in it. */
export async function worktreeFaults(claim: ClaimRow, workspace: Workspace, dirt: readonly string[] = []): Promise<readonly string[]> {
  const { project, worktree, firstPort } = claim;
  if (claim.state !== 'ready') return [`${project} is ${claim.state}`];
  if (!existsSync(join(worktree, '.git'))) return [`${project} is ready, and "${worktree}" is not there`];
  const faults: string[] = [];
  const expect = (isWell: boolean, fault: string): void => void (isWell || faults.push(`${project} ${fault}`));
  const branch = await workspace.git('-C', worktree, 'branch', '--show-current');
  expect(branch === claim.branch, `is on "${branch}", not on "${claim.branch}"`);
  expect(branch === branchInManifest(project, workspace), `is on "${branch}", which its manifest does not say`);
  const status = (await workspace.git('-C', worktree, 'status', '--porcelain')).split('\n').filter((line) => line !== '');
  const unexpected = status.filter((line) => !dirt.some((file) => line.endsWith(file)));
  expect(unexpected.length === 0, `has changes that nobody made: ${unexpected.slice(0, 5).join(', ')}`);
  const environment = existsSync(join(worktree, '.env.local')) ? readFileSync(join(worktree, '.env.local'), 'utf8') : '';
  const ports = BLOCK.map((name) => Number(new RegExp(`^${name}='?(\\d+)'?$`, 'm').exec(environment)?.[1]));
  expect(
    ports.every((port, index) => port === firstPort + index),
    `has the ports ${ports.join(', ')}, not those from ${firstPort}`,
  );
  const database = join(worktree, 'data/shop.db');
  expect(environment.includes(database), 'has no URL of its own database');
  expect(existsSync(database) && isSound(database), 'has no sound database');
  expect(existsSync(join(worktree, 'node_modules/.smoke')), 'has passed no smoke check');
  const missing = missingDependencies(worktree, workspace);
  expect(missing.length === 0, `lacks ${missing.length} files of its dependencies, such as ${missing[0] ?? ''}`);
  return faults;
}

function branchInManifest(project: string, workspace: Workspace): string {
  const file = `.nx-fleet/issues/${project}/issue.json`;
  return existsSync(join(workspace.root, file)) ? (JSON.parse(workspace.read(file)) as { branch: string }).branch : 'no manifest';
}

function isSound(database: string): boolean {
  return JSON.stringify(query(database, 'SELECT integrity_check FROM pragma_integrity_check')) === '[["ok"]]';
}

/** Files of the main worktree's node_modules, without what tools write into it. */
function missingDependencies(worktree: string, { root }: Workspace): readonly string[] {
  const there = new Set(dependencyFiles(worktree));
  return dependencyFiles(root).filter((file) => !there.has(file));
}

function dependencyFiles(worktree: string): readonly string[] {
  const folder = join(worktree, 'node_modules');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => !file.startsWith('.') || file.startsWith('.bin'));
}
