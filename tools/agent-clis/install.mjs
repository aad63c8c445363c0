import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder, programsIn, VERSIONS } from './programs.mjs';

const TIMEOUT_MS = 600_000;

/**
 * Puts the programs into the cache, from npm's configured registry and without any script of theirs; does nothing when they are there.
 * A half-made installation never gets the final name. @returns null, or why they are not there
 */
export function installAgents(env, npm = 'npm') {
  const folder = cacheFolder(env);
  if (programsIn(folder) !== null) return null;
  mkdirSync(dirname(folder), { recursive: true });
  const half = mkdtempSync(join(dirname(folder), '.installing-'));
  try {
    writeFileSync(join(half, 'package.json'), JSON.stringify({ private: true, dependencies: VERSIONS }));
    const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--engine-strict=false', '--loglevel=error'];
    const { error, status, stderr } = spawnSync(npm, args, { cwd: half, env, encoding: 'utf8', timeout: TIMEOUT_MS });
    if (error !== undefined) return `npm could not run: ${error.message}`;
    if (status !== 0) return `npm failed: ${lastLine(stderr)}`;
    if (programsIn(half) === null) return `there is no program for ${process.platform}-${process.arch}`;
    if (programsIn(folder) === null) replace(half, folder);
    return null;
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
}

function replace(half, folder) {
  if (existsSync(folder)) rmSync(folder, { recursive: true });
  renameSync(half, folder);
}

function lastLine(text) {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.includes('A complete log of this run'));
  return lines.find((line) => /^npm (?:error|ERR!)/.test(line)) ?? lines.at(-1) ?? 'no reason given';
}
