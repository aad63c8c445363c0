import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '@nx-fleet/core';
import { useTemporaryFolder } from '../../../system/src/testing/temporary-folder.js';
import { detectPackageManager } from './package-manager.js';

describe('the package manager of a worktree', () => {
  const folder = useTemporaryFolder();
  const detect = async (files: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(path.join(folder(), name), text);
    }
    return detectPackageManager(folder());
  };

  it('is none without a package.json', async () => {
    expect(await detect({ 'package-lock.json': '{}' })).toBeNull();
  });

  it('is npm when nothing says otherwise', async () => {
    expect(await detect({ 'package.json': '{}' })).toMatchObject({ name: 'npm', lockfile: null });
  });

  it.each([
    ['package-lock.json', 'npm'],
    ['pnpm-lock.yaml', 'pnpm'],
    ['yarn.lock', 'yarn'],
    ['bun.lock', 'bun'],
    ['bun.lockb', 'bun'],
  ])('with %s is %s', async (lockfile, name) => {
    expect(await detect({ 'package.json': '{}', [lockfile]: '' })).toMatchObject({
      name,
      lockfile,
      isClonable: name === 'npm' || name === 'yarn',
    });
  });

  it('is the declared one, whatever lockfiles are there', async () => {
    const declared = '{"packageManager":"pnpm@10.1.0+sha512.abc"}';
    expect(await detect({ 'package.json': declared, 'package-lock.json': '{}' })).toMatchObject({ name: 'pnpm', lockfile: null });
  });

  it.each([
    ['yarn 1', { 'yarn.lock': '# yarn lockfile v1\n' }, { isClassicYarn: true, isClonable: true }],
    ["yarn with Plug'n'Play", { 'yarn.lock': '__metadata:\n  version: 8\n' }, { isClassicYarn: false, isClonable: false }],
    [
      'yarn with node_modules',
      { 'yarn.lock': '__metadata:\n', '.yarnrc.yml': 'enableTelemetry: 0\nnodeLinker: "node-modules"\n' },
      { isClassicYarn: false, isClonable: true },
    ],
    ['yarn like pnpm', { '.yarnrc.yml': 'nodeLinker: pnpm\n', 'yarn.lock': '' }, { isClassicYarn: false, isClonable: false }],
    ['yarn 4, declared', { 'package.json': '{"packageManager":"yarn@4.5.0"}' }, { isClassicYarn: false, isClonable: false }],
  ])('tells %s', async (_, files, expected) => {
    expect(await detect({ 'package.json': '{}', ...files })).toMatchObject({ name: 'yarn', ...expected });
  });

  it.each(['{', '[]', '{"packageManager":7}'])('refuses the package.json %s', async (text) => {
    await expect(detect({ 'package.json': text })).rejects.toThrow(UserError);
  });
});
