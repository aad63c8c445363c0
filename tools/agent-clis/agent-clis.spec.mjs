import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { installAgents } from './install.mjs';
import { cacheFolder, chooseAgents, STAND_INS } from './programs.mjs';

describe('the agents of the end-to-end suites', () => {
  let env;
  beforeEach(() => {
    env = { PATH: process.env.PATH, XDG_CACHE_HOME: mkdtempSync(join(tmpdir(), 'nx-fleet-clis-')) };
  });
  afterEach(() => rmSync(env.XDG_CACHE_HOME, { recursive: true, force: true }));

  /** An npm that does what `script` says, in the folder that it is started in. */
  const npm = (script) => {
    const file = join(env.XDG_CACHE_HOME, 'npm.mjs');
    writeFileSync(file, `#!/usr/bin/env node\nimport { mkdirSync, writeFileSync } from 'node:fs';\n${script}\n`);
    chmodSync(file, 0o755);
    return file;
  };
  const platform = `${process.platform}-${process.arch}`;
  const files = [`@anthropic-ai/claude-code-${platform}/claude`, `@openai/codex-${platform}/vendor/some-target/bin/codex`];
  const installs = `for (const file of ${JSON.stringify(files)}) {
    mkdirSync('node_modules/' + file.slice(0, file.lastIndexOf('/')), { recursive: true });
    writeFileSync('node_modules/' + file, '');
  }`;

  it('are the stand-ins until the cache is filled', () => {
    expect(chooseAgents(env)).toEqual({ real: false, ...STAND_INS });
    for (const program of Object.values(STAND_INS)) expect(existsSync(program)).toBe(true);
  });

  it('are the real ones once they are installed, unless these are switched off', () => {
    expect(installAgents(env, npm(installs))).toBeNull();
    const [claude, codex] = files.map((file) => join(cacheFolder(env), 'node_modules', file));
    expect(chooseAgents(env)).toEqual({ real: true, claude, codex });
    expect(chooseAgents({ ...env, NX_FLEET_REAL_AGENTS: '0' }).real).toBe(false);
  });

  it('are installed once', () => {
    installAgents(env, npm(installs));
    expect(installAgents(env, npm('process.exit(1)'))).toBeNull();
  });

  it.each([
    ['a registry that is not there', "console.error('npm error code ENOTFOUND'); process.exit(1)", 'npm failed: npm error code ENOTFOUND'],
    ['a platform without them', '', `there is no program for ${platform}`],
  ])('are the stand-ins after %s, which leaves nothing half-made', (_, script, reason) => {
    expect(installAgents(env, npm(script))).toBe(reason);
    expect(chooseAgents(env).real).toBe(false);
    expect(readdirSync(dirname(cacheFolder(env)))).toEqual([]);
  });

  it('take the place of an installation that lost a program', () => {
    mkdirSync(cacheFolder(env), { recursive: true });
    expect(installAgents(env, npm(installs))).toBeNull();
    expect(chooseAgents(env).real).toBe(true);
  });
});
