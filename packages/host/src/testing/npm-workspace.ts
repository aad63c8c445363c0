import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Environment in which npm touches neither this user's files nor the network. */
export function npmEnvironment(folder: string): Readonly<Record<string, string>> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    npm_config_cache: path.join(folder, 'npm-cache'),
    npm_config_userconfig: path.join(folder, 'npmrc'),
    npm_config_registry: 'http://127.0.0.1:9/',
    npm_config_offline: 'true',
    npm_config_update_notifier: 'false',
  };
}

/** Makes `main`, installed, with a workspace that needs another version than the root; and `linked`, the same without node_modules. */
export function makeNpmWorkspaces(folder: string): void {
  const main = path.join(folder, 'main');
  mkdirSync(path.join(main, 'vendor'), { recursive: true });
  for (const version of ['1.0.0', '2.0.0']) {
    packTiny(folder, version, path.join(main, 'vendor'));
  }
  writeJson(path.join(main, 'package.json'), {
    name: 'root',
    private: true,
    workspaces: ['packages/*'],
    dependencies: { tiny: 'file:vendor/tiny-1.0.0.tgz' },
  });
  writeJson(path.join(main, 'packages', 'a', 'package.json'), {
    name: '@ws/a',
    version: '1.0.0',
    dependencies: { tiny: 'file:../../vendor/tiny-2.0.0.tgz' },
  });
  writeFileSync(path.join(main, 'packages', 'a', 'index.js'), 'module.exports = __filename;\n');
  runNpm(folder, 'main', ['install']);
  const linked = path.join(folder, 'linked');
  cpSync(main, linked, { recursive: true, verbatimSymlinks: true, filter: (source) => path.basename(source) !== 'node_modules' });
}

export function runNpm(folder: string, workspace: string, args: readonly string[]): void {
  execFileSync('npm', [...args, '--no-audit', '--no-fund', '--silent'], {
    cwd: path.join(folder, workspace),
    env: npmEnvironment(folder),
    stdio: 'pipe',
  });
}

export function writeJson(file: string, value: unknown): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}

export function packTiny(folder: string, version: string, destination: string): void {
  writeJson(path.join(folder, 'tiny', 'package.json'), { name: 'tiny', version, bin: 'cli.js' });
  writeFileSync(path.join(folder, 'tiny', 'cli.js'), `#!/usr/bin/env node\nconsole.log('tiny ${version}');\n`, { mode: 0o755 });
  runNpm(folder, 'tiny', ['pack', '--pack-destination', destination]);
  rmSync(path.join(folder, 'tiny'), { recursive: true });
}
