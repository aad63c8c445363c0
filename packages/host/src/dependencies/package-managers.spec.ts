import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UserError } from '@nx-fleet/core';
import { useTemporaryFolder } from '../../../system/src/testing/temporary-folder.js';
import { createCommandRunner } from '../run/command-runner.js';
import { packTiny, writeJson } from '../testing/npm-workspace.js';
import { installDependencies } from './install-dependencies.js';

const PROGRAMS = path.resolve(import.meta.dirname, '../../../../node_modules');

interface Manager {
  readonly title: string;
  readonly name: string;
  readonly program: string;
  readonly settings: Readonly<Record<string, string>>;
  /** What it does in a new worktree while the main one is current. */
  readonly method: 'cloned' | 'installed';
}

const MANAGERS: readonly Manager[] = [
  { title: 'Yarn 1', name: 'yarn', program: 'yarn/bin/yarn.js', settings: {}, method: 'cloned' },
  {
    title: 'Yarn 4',
    name: 'yarn',
    program: '@yarnpkg/cli-dist/bin/yarn.js',
    settings: { '.yarnrc.yml': 'nodeLinker: node-modules\nenableTelemetry: false\n', 'yarn.lock': '__metadata:\n  version: 8\n' },
    method: 'cloned',
  },
  {
    title: 'pnpm',
    name: 'pnpm',
    program: 'pnpm/bin/pnpm.cjs',
    settings: { 'pnpm-workspace.yaml': 'packages: [packages/*]\n' },
    method: 'installed',
  },
];

/** The others run with all tests. */
const CHOSEN = process.env['NX_FLEET_TEST_ALL'] === '1' ? MANAGERS : MANAGERS.slice(0, 1);

describe.each(CHOSEN)('dependencies with $title', ({ name, program, settings, method }) => {
  let template = '';
  beforeAll(() => {
    template = mkdtempSync(path.join(tmpdir(), 'nx-fleet-host-managers-'));
    makeMain(path.join(template, 'main'));
  });
  afterAll(() => rmSync(template, { recursive: true, force: true }));
  const folder = useTemporaryFolder();
  const main = (...names: readonly string[]): string => path.join(folder(), 'main', ...names);
  const linked = (...names: readonly string[]): string => path.join(folder(), 'linked', ...names);
  const environment = () => ({ PATH: `${template}:${process.env['PATH'] ?? ''}`, HOME: template });
  const run = (cwd: string): void => void execFileSync(path.join(template, name), ['install'], { cwd, env: environment(), stdio: 'pipe' });
  const install = () =>
    installDependencies(createCommandRunner(), {
      from: main(),
      to: linked(),
      safety: 'hardlink',
      env: environment(),
      onProgress: () => undefined,
    });
  const setVersion = (worktree: string, version: string, scripts = {}): void =>
    writeJson(path.join(worktree, 'package.json'), {
      name: 'root',
      private: true,
      workspaces: ['packages/*'],
      scripts,
      dependencies: { tiny: `file:./vendor/tiny-${version}.tgz` },
    });
  const installedVersion = (...names: readonly string[]): string =>
    JSON.parse(readFileSync(linked(...names, 'node_modules', 'tiny', 'package.json'), 'utf8')).version;
  const makeLinked = (): void => {
    rmSync(linked(), { recursive: true, force: true });
    const isTracked = (source: string): boolean => !['node_modules', '.yarn'].includes(path.basename(source));
    cpSync(main(), linked(), { recursive: true, verbatimSymlinks: true, filter: isTracked });
  };

  const makeMain = (worktree: string): void => {
    writeFileSync(path.join(template, name), `#!/bin/sh\nexec "${process.execPath}" "${path.join(PROGRAMS, program)}" "$@"\n`, {
      mode: 0o755,
    });
    mkdirSync(path.join(worktree, 'vendor'), { recursive: true });
    for (const version of ['1.0.0', '2.0.0']) packTiny(template, version, path.join(worktree, 'vendor'));
    for (const [file, text] of Object.entries(settings)) writeFileSync(path.join(worktree, file), text);
    setVersion(worktree, '1.0.0');
    const dependencies = { tiny: 'file:../../vendor/tiny-2.0.0.tgz' };
    writeJson(path.join(worktree, 'packages', 'a', 'package.json'), { name: '@ws/a', version: '1.0.0', dependencies });
    run(worktree);
  };

  beforeEach(() => {
    cpSync(path.join(template, 'main'), main(), { recursive: true, verbatimSymlinks: true });
    makeLinked();
  });

  it('are those of the lockfile, and are found present the second time', async () => {
    expect(await install()).toEqual({ method, packageManager: name });
    expect([installedVersion(), installedVersion('packages', 'a')]).toEqual(['1.0.0', '2.0.0']);
    expect(await install()).toEqual({ method: 'present', packageManager: name });
  });

  it('are not taken from a main worktree that was pulled and not installed since', async () => {
    const stale = path.join(folder(), 'stale');
    cpSync(main('node_modules'), stale, { recursive: true, verbatimSymlinks: true });
    setVersion(main(), '2.0.0');
    run(main());
    rmSync(main('node_modules'), { recursive: true });
    cpSync(stale, main('node_modules'), { recursive: true, verbatimSymlinks: true });
    makeLinked();
    expect((await install()).method).toBe('installed');
    expect(installedVersion()).toBe('2.0.0');
  });

  it('are not there after a script has failed, until an install is whole', async () => {
    const scripts = { postinstall: 'test -e allowed && touch ran' };
    setVersion(main(), '1.0.0', scripts);
    rmSync(main('node_modules'), { recursive: true });
    makeLinked();
    await expect(install()).rejects.toThrow(UserError);
    writeFileSync(linked('allowed'), '');
    expect((await install()).method).toBe('installed');
    expect(readFileSync(linked('ran'), 'utf8')).toBe('');
  });
});
