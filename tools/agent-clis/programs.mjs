import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Exact versions: on an older Node, npm would quietly choose an older Claude Code. */
export const VERSIONS = { '@anthropic-ai/claude-code': '2.1.330', '@openai/codex': '0.169.0' };

/** Where the programs are kept, outside every repository. */
export function cacheFolder(env) {
  const name = Object.values(VERSIONS).join('-');
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'nx-fleet-agent-clis', name);
}

/**
 * The native programs of an installation, without the wrappers around them: a wrapper that is killed leaves its program alive.
 * @returns {{ claude: string, codex: string } | null} null when one of them is not there
 */
export function programsIn(folder) {
  const platform = `${process.platform}-${process.arch}`;
  const modules = join(folder, 'node_modules');
  const claude = join(modules, '@anthropic-ai', `claude-code-${platform}`, 'claude');
  const vendor = join(modules, '@openai', `codex-${platform}`, 'vendor');
  const [target = ''] = existsSync(vendor) ? readdirSync(vendor) : [];
  const codex = join(vendor, target, 'bin', 'codex');
  return existsSync(claude) && existsSync(codex) ? { claude, codex } : null;
}

/** Scripted programs with the same options and events, which ask the same model. */
export const STAND_INS = {
  claude: join(import.meta.dirname, 'stand-ins', 'claude.mjs'),
  codex: join(import.meta.dirname, 'stand-ins', 'codex.mjs'),
};

/**
 * What the end-to-end suites run: the real programs when they are in the cache, else the stand-ins.
 * `NX_FLEET_REAL_AGENTS=0` chooses the stand-ins in any case.
 */
export function chooseAgents(env) {
  const programs = env.NX_FLEET_REAL_AGENTS === '0' ? null : programsIn(cacheFolder(env));
  return { real: programs !== null, ...(programs ?? STAND_INS) };
}
