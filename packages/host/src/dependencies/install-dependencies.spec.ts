import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type DependencyRequest, UserError } from '@nx-fleet/core';
import { useTemporaryFolder } from '../../../system/src/testing/temporary-folder.js';
import { createCommandRunner } from '../run/command-runner.js';
import { makeNpmWorkspaces, npmEnvironment, runNpm, writeJson } from '../testing/npm-workspace.js';
import { installDependencies } from './install-dependencies.js';

describe('installing dependencies with npm', () => {
  const folder = useTemporaryFolder();
  let template = '';
  beforeAll(() => {
    template = mkdtempSync(path.join(tmpdir(), 'nx-fleet-host-npm-'));
    makeNpmWorkspaces(template);
    rmSync(path.join(template, 'npm-cache'), { recursive: true });
  });
  afterAll(() => {
    rmSync(template, { recursive: true, force: true });
  });
  const main = (...names: readonly string[]): string => path.join(folder(), 'main', ...names);
  const linked = (...names: readonly string[]): string => path.join(folder(), 'linked', ...names);
  const progress: string[] = [];
  const install = (more: Partial<DependencyRequest> = {}) =>
    installDependencies(createCommandRunner(), {
      from: main(),
      to: linked(),
      safety: 'hardlink',
      env: npmEnvironment(folder()),
      onProgress: (line) => progress.push(line),
      ...more,
    });
  const installedVersion = (...names: readonly string[]): string =>
    JSON.parse(readFileSync(linked(...names, 'node_modules', 'tiny', 'package.json'), 'utf8')).version;
  const evaluate = (script: string): string => execFileSync(process.execPath, ['-p', script], { cwd: linked(), encoding: 'utf8' }).trim();

  beforeEach(() => {
    progress.length = 0;
    cpSync(template, folder(), { recursive: true, verbatimSymlinks: true });
  });

  it('clones the main worktree when both want the same', async () => {
    expect(await install()).toEqual({ method: 'cloned', packageManager: 'npm' });
    expect(installedVersion()).toBe('1.0.0');
    expect(installedVersion('packages', 'a')).toBe('2.0.0');
    expect(execFileSync(linked('node_modules', '.bin', 'tiny'), { encoding: 'utf8' })).toBe('tiny 1.0.0\n');
    expect(readdirSync(linked()).toSorted()).toEqual(['node_modules', 'package-lock.json', 'package.json', 'packages', 'vendor']);
    expect(progress).toEqual(['Cloning node_modules of the main worktree']);
  });

  it("makes links lead to the worktree's own code", async () => {
    expect(readlinkSync(main('node_modules', '@ws', 'a'))).toBe('../../packages/a');
    symlinkSync(main('packages', 'a'), main('node_modules', 'absolute'));
    symlinkSync('/usr/bin', main('node_modules', 'outside'));
    await install();
    expect(evaluate("require('@ws/a')")).toBe(linked('packages', 'a', 'index.js'));
    expect(readlinkSync(linked('node_modules', '@ws', 'a'))).toBe('../../packages/a');
    expect(readlinkSync(linked('node_modules', 'absolute'))).toBe('../packages/a');
    expect(readlinkSync(linked('node_modules', 'outside'))).toBe('/usr/bin');
  });

  const inode = (file: string): number => statSync(file).ino;
  const cli = ['node_modules', 'tiny', 'cli.js'] as const;

  it.each(['copy', 'reflink'] as const)('with %s makes files that are not those of the main worktree, with their modes', async (safety) => {
    await install({ safety });
    expect(inode(linked(...cli))).not.toBe(inode(main(...cli)));
    expect(statSync(linked(...cli)).mode).toBe(statSync(main(...cli)).mode);
    expect(statSync(linked(...cli)).mode & 0o100).toBe(0o100);
    writeFileSync(linked(...cli), 'changed');
    expect(readFileSync(main(...cli), 'utf8')).toContain('tiny 1.0.0');
  });

  it('with hardlink shares files, but none that tools write in place', async () => {
    const mutable = [
      ['.package-lock.json'],
      ['.prisma', 'client', 'index.js'],
      ['@prisma', 'client', 'index.js'],
      ['patched', 'index.js'],
      ['@scope', 'patched', 'deep', 'index.js'],
      ['plain', 'node_modules', '.hidden', 'x.js'],
    ];
    const shared = [
      ['plain', 'index.js'],
      ['plain', '.npmignore'],
      ['@scope', 'plain', 'index.js'],
    ];
    for (const names of [...mutable.slice(1), ...shared]) writeJson(main('node_modules', ...names), {});
    for (const patch of ['patched+1.0.0.patch', 'plain-not+1.0.0.patch', '@scope+patched+1.0.0.patch'])
      writeJson(main('patches', patch), 1);
    cpSync(main('patches'), linked('patches'), { recursive: true });
    const later = new Date(Date.now() + 1_000);
    utimesSync(main('node_modules', '.package-lock.json'), later, later);
    expect((await install()).method).toBe('cloned');
    const isShared = (names: readonly string[]): boolean =>
      inode(main('node_modules', ...names)) === inode(linked('node_modules', ...names));
    // Where the file system shares blocks, no file is another one's.
    const canShareBlocks = !isShared(['tiny', 'cli.js']);
    expect(mutable.filter(isShared)).toEqual([]);
    expect(shared.filter(isShared)).toEqual(canShareBlocks ? [] : shared);
    writeFileSync(linked('node_modules', '.package-lock.json'), '{}');
    expect(readFileSync(main('node_modules', '.package-lock.json'), 'utf8')).toContain('node_modules/tiny');
  });

  it('brings along no database that a tool keeps there, and shares none of a package', async () => {
    const sqlite = `SQLite format 3\0${' '.repeat(84)}`;
    const left = [
      ['app.db'],
      ['.cache', 'tool', 'store'],
      ['.prisma', 'dev.db'],
      ['.pg', 'base', '1'],
      ['plain', 'live.db'],
      ['plain', 'live.db-wal'],
    ];
    const copied = [
      ['plain', 'data.sqlite3'],
      ['plain', 'model.db'],
    ];
    for (const names of [...left, ...copied]) {
      mkdirSync(path.dirname(main('node_modules', ...names)), { recursive: true });
      writeFileSync(main('node_modules', ...names), sqlite);
    }
    writeFileSync(main('node_modules', '.pg', 'PG_VERSION'), '15');
    writeFileSync(main('node_modules', 'plain', 'model.db'), 'no database');
    await install();
    expect(left.filter((names) => existsSync(linked('node_modules', ...names)))).toEqual([]);
    expect(copied.filter((names) => existsSync(linked('node_modules', ...names)))).toEqual(copied);
    expect(inode(linked('node_modules', 'plain', 'data.sqlite3'))).not.toBe(inode(main('node_modules', 'plain', 'data.sqlite3')));
  });

  it('with install leaves the main worktree alone', async () => {
    expect((await install({ safety: 'install' })).method).toBe('installed');
    expect(await install({ safety: 'install' })).toEqual({ method: 'present', packageManager: 'npm' });
  });

  it('brings along a node_modules in a folder without package.json that both have, and none of a folder that only main has', async () => {
    for (const folderName of ['tools', 'dist']) writeJson(main(folderName, 'node_modules', 'x', 'package.json'), {});
    writeFileSync(main('tools', 'run.js'), '');
    mkdirSync(linked('tools'));
    await install();
    expect(existsSync(linked('tools', 'node_modules', 'x', 'package.json'))).toBe(true);
    expect(existsSync(linked('dist'))).toBe(false);
  });

  it('takes what a build has written for no reason to install again', async () => {
    await install();
    writeJson(linked('dist', 'packages', 'a', 'package.json'), { name: 'a', dependencies: { tiny: '9.0.0' } });
    expect((await install()).method).toBe('present');
  });

  it('knows what an earlier version has copied', async () => {
    await install();
    const stamp = linked('node_modules', '.nx-fleet.json');
    writeFileSync(stamp, JSON.stringify({ ...JSON.parse(readFileSync(stamp, 'utf8')), method: 'copied' }));
    expect((await install()).method).toBe('present');
  });

  it("leaves tools' caches behind", async () => {
    mkdirSync(main('node_modules', '.cache'));
    mkdirSync(main('node_modules', 'tiny', '.cache'));
    await install();
    expect(existsSync(linked('node_modules', '.cache'))).toBe(false);
    expect(existsSync(linked('node_modules', 'tiny', '.cache'))).toBe(true);
  });

  it('does nothing the second time', async () => {
    await install();
    rmSync(linked('node_modules', 'tiny', 'cli.js'));
    expect(await install()).toEqual({ method: 'present', packageManager: 'npm' });
    expect(existsSync(linked('node_modules', 'tiny', 'cli.js'))).toBe(false);
  });

  it('repeats what was interrupted', async () => {
    mkdirSync(linked('node_modules', 'half'), { recursive: true });
    mkdirSync(linked('packages', 'a', 'node_modules', 'half'), { recursive: true });
    expect((await install()).method).toBe('cloned');
    expect(existsSync(linked('node_modules', 'half'))).toBe(false);
    expect(readdirSync(linked('packages', 'a', 'node_modules'))).not.toContain('half');
  });

  it('clones although a package.json differs in what has no part in an install', async () => {
    const value = JSON.parse(readFileSync(linked('package.json'), 'utf8'));
    writeJson(linked('package.json'), { ...value, description: 'Other', scripts: { test: 'true' } });
    expect((await install()).method).toBe('cloned');
  });

  it('installs when the lockfile has changed, and again when it changes later', async () => {
    runNpm(folder(), 'linked', ['install', '--package-lock-only', 'tiny@file:vendor/tiny-2.0.0.tgz']);
    expect(await install()).toEqual({ method: 'installed', packageManager: 'npm' });
    expect(installedVersion()).toBe('2.0.0');
    expect((await install()).method).toBe('present');
    runNpm(folder(), 'linked', ['install', '--package-lock-only', 'tiny@file:vendor/tiny-1.0.0.tgz']);
    expect((await install()).method).toBe('cloned');
    expect(installedVersion()).toBe('1.0.0');
  });

  it('installs when the main worktree has not been installed since its lockfile changed', async () => {
    for (const workspace of ['main', 'linked']) {
      runNpm(folder(), workspace, ['install', '--package-lock-only', 'tiny@file:vendor/tiny-2.0.0.tgz']);
    }
    expect((await install()).method).toBe('installed');
    expect(installedVersion()).toBe('2.0.0');
  });

  /** The file may be the main worktree's too, by a hard link. */
  const replace = (manifest: object): void => {
    rmSync(linked('node_modules', 'tiny', 'package.json'));
    writeJson(linked('node_modules', 'tiny', 'package.json'), manifest);
  };

  it.each<[string, () => void]>([
    ['a package is gone', () => rmSync(linked('node_modules', 'tiny'), { recursive: true })],
    ["a workspace's package is gone", () => rmSync(linked('packages', 'a', 'node_modules', 'tiny'), { recursive: true })],
    ['a package is another version', () => replace({ name: 'tiny', version: '3.0.0' })],
    ['a package has been added', () => writeJson(linked('node_modules', '@other', 'x', 'package.json'), { version: '1.0.0' })],
    ["npm's record is another one", () => writeJson(linked('node_modules', '.package-lock.json'), { packages: {} })],
  ])('makes the tree again when %s', async (_, change) => {
    await install();
    change();
    expect((await install()).method).toBe('cloned');
    expect([installedVersion(), installedVersion('packages', 'a'), existsSync(linked('node_modules', '@other'))]).toEqual([
      '1.0.0',
      '2.0.0',
      false,
    ]);
  });

  it('installs when both manifests have changed and no lockfile has', async () => {
    for (const worktree of [main, linked]) {
      const manifest = JSON.parse(readFileSync(worktree('packages', 'a', 'package.json'), 'utf8'));
      writeJson(worktree('packages', 'a', 'package.json'), { ...manifest, dependencies: { tiny: 'file:../../vendor/tiny-1.0.0.tgz' } });
    }
    expect((await install()).method).toBe('installed');
    expect(evaluate("require('tiny/package.json').version")).toBe('1.0.0');
  });

  it('installs when a patch has come since the main worktree was installed', async () => {
    for (const worktree of [main, linked]) writeJson(worktree('patches', 'tiny+1.0.0.patch'), 1);
    const later = new Date(Date.now() + 5_000);
    utimesSync(main('patches', 'tiny+1.0.0.patch'), later, later);
    expect((await install()).method).toBe('installed');
  });

  it("installs when a package has gone from the main worktree's record, or from its disk", async () => {
    const file = main('node_modules', '.package-lock.json');
    const text = readFileSync(file, 'utf8');
    const hidden = JSON.parse(text);
    delete hidden.packages['node_modules/tiny'];
    writeJson(file, hidden);
    expect((await install()).method).toBe('installed');
    writeFileSync(file, text);
    rmSync(linked('node_modules'), { recursive: true });
    rmSync(main('packages', 'a', 'node_modules', 'tiny'), { recursive: true });
    expect((await install()).method).toBe('installed');
    expect(installedVersion('packages', 'a')).toBe('2.0.0');
  });

  it('clones although the lockfile names a workspace that is not there', async () => {
    for (const worktree of [main, linked]) {
      const lock = JSON.parse(readFileSync(worktree('package-lock.json'), 'utf8'));
      lock.packages['node_modules/@ws/b'] = { resolved: 'packages/b', link: true };
      lock.packages['packages/b'] = { name: '@ws/b', version: '1.0.0' };
      writeJson(worktree('package-lock.json'), lock);
    }
    expect((await install()).method).toBe('cloned');
    for (const worktree of [main, linked]) {
      writeJson(worktree('packages', 'b', 'package.json'), { name: '@ws/b', version: '1.0.0' });
    }
    rmSync(linked('node_modules'), { recursive: true });
    expect((await install()).method).toBe('installed');
  });

  it('installs when the main worktree has no node_modules', async () => {
    rmSync(main('node_modules'), { recursive: true });
    expect((await install()).method).toBe('installed');
    expect(installedVersion('packages', 'a')).toBe('2.0.0');
  });

  it('gets along with a lockfile that disagrees with the manifest, and changes neither', async () => {
    writeJson(linked('package.json'), {
      ...JSON.parse(readFileSync(linked('package.json'), 'utf8')),
      dependencies: { tiny: 'file:vendor/tiny-2.0.0.tgz' },
    });
    const tracked = (): readonly string[] => ['package.json', 'package-lock.json'].map((file) => readFileSync(linked(file), 'utf8'));
    const before = tracked();
    expect((await install()).method).toBe('installed');
    expect(installedVersion()).toBe('2.0.0');
    expect(tracked()).toEqual(before);
    expect(progress.filter((line) => line.startsWith('npm '))).toHaveLength(2);
    expect(progress.length).toBeLessThan(10);
  });

  it('tells what npm said when it fails, what to run by hand, and begins anew the next time', async () => {
    rmSync(main('node_modules'), { recursive: true });
    rmSync(linked('vendor'), { recursive: true });
    const failure = await install().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect(String(failure)).toContain(`"npm ci --no-audit --no-fund --prefer-offline" failed with exit code`);
    expect(String(failure)).toContain('vendor/tiny-1.0.0.tgz');
    expect(String(failure).split('\n').length).toBeLessThan(20);
    await expect(install()).rejects.toThrow(UserError);
  });

  it('says so when the package manager is not there', async () => {
    rmSync(main('node_modules'), { recursive: true });
    await expect(install({ env: { PATH: folder() } })).rejects.toThrow(/^Cannot find "npm"/);
  });

  it('stops a clone when aborted and clears it away', async () => {
    for (let index = 0; index < 2_000; index += 1) {
      writeJson(main('node_modules', 'large', String(index % 50), `${index}.json`), {});
    }
    const controller = new AbortController();
    const onProgress = (): void => void setTimeout(() => controller.abort(new Error('enough')), 5);
    await expect(install({ onProgress, signal: controller.signal })).rejects.toThrow('enough');
    expect(readdirSync(linked()).toSorted()).toEqual(['package-lock.json', 'package.json', 'packages', 'vendor']);
    expect(readdirSync(linked('packages', 'a')).toSorted()).toEqual(['index.js', 'package.json']);
  });

  it('stops an install when aborted', async () => {
    rmSync(main('node_modules'), { recursive: true });
    const controller = new AbortController();
    const onProgress = (): void => controller.abort(new Error('enough'));
    await expect(install({ onProgress, signal: controller.signal })).rejects.toThrow('enough');
    expect(existsSync(linked('node_modules', '.nx-fleet.json'))).toBe(false);
  });

  it('does nothing without a package.json', async () => {
    mkdirSync(path.join(folder(), 'bare'));
    expect(await install({ to: path.join(folder(), 'bare') })).toEqual({ method: 'none', packageManager: null });
    expect(readdirSync(path.join(folder(), 'bare'))).toEqual([]);
  });

  it('does not clone a node_modules that is a link', async () => {
    renameSync(main('node_modules'), path.join(folder(), 'elsewhere'));
    symlinkSync(path.join(folder(), 'elsewhere'), main('node_modules'));
    expect((await install()).method).toBe('installed');
    expect(lstatSync(linked('node_modules')).isDirectory()).toBe(true);
  });
});
