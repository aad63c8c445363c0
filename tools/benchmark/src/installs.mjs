import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { compare, measureInTurns } from './measure.mjs';
import { createRaw, fewer, removeRaw } from './provisioning.mjs';
import { untilDeleted } from './workspace.mjs';
import { writeIn } from './workspace-files.mjs';

const PNPM = 'pnpm@12.21.0';
const PNPM_FILES = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'];
const NO_SPARES = { CI: 'true' };

/** Making a worktree with dependencies against a worktree by hand in which a package manager installs, its cache warm. What Nx itself takes is part of ours. */
export async function measureInstalls(place, { rounds }) {
  const { shop } = place;
  const { nx } = shop;
  const pnpm = preparePnpm(place);
  const times = await measureInTurns(
    {
      npm: installing(shop, installWithNpm),
      pnpm: installing(shop, pnpm),
      ours: {
        run: () => nx(['g', 'nx-fleet:worktree', '--issue=1'], NO_SPARES),
        after: async () => {
          nx(['g', 'nx-fleet:remove-worktree', '--issue=1'], NO_SPARES);
          await untilDeleted(shop);
        },
      },
    },
    fewer(rounds),
  );
  const against = (floor, floors) => compare({ what: 'create 1 with dependencies', floor, goal: 1, ours: times.ours, floors });
  return [against('git worktree add + npm ci, cache warm', times.npm), against('git worktree add + pnpm install, store warm', times.pnpm)];
}

function installing({ root, worktrees, run }, install) {
  const worktree = { branch: 'raw-1', path: join(worktrees, 'raw-1') };
  return {
    run: () => {
      createRaw(worktree, { root, run, copies: false });
      install(worktree.path, run);
    },
    after: () => removeRaw(worktree, run),
  };
}

/** npm refuses some lockfiles that it has written itself. */
function installWithNpm(path, run) {
  const flags = ['--prefix', path, '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'];
  try {
    run(['npm', 'ci', ...flags]);
  } catch {
    run(['npm', 'install', '--no-save', ...flags]);
  }
}

/** Lets pnpm have its own lockfile and a full store. @returns how to install in a worktree */
function preparePnpm({ parent, shop }) {
  const tools = join(parent, 'tools');
  const model = join(parent, 'pnpm-model');
  writeIn(tools, 'package.json', '{}');
  shop.run(['npm', 'install', '--prefix', tools, '--no-audit', '--no-fund', PNPM]);
  const install = (path, run, flags) =>
    run([join(tools, 'node_modules/.bin/pnpm'), '--dir', path, 'install', '--ignore-scripts', ...flags], { CI: 'true' });
  shop.run(['git', 'worktree', 'add', '-q', '--detach', model]);
  // A package of the workspace needs no store, and pnpm another notation for it.
  const manifest = JSON.parse(shop.run(['git', 'show', 'HEAD:package.json']));
  const { floor: _, ...devDependencies } = manifest.devDependencies;
  writeIn(model, 'package.json', JSON.stringify({ name: manifest.name, private: true, devDependencies }));
  writeIn(model, 'pnpm-workspace.yaml', 'packages: []\n');
  rmSync(join(model, 'package-lock.json'));
  install(model, shop.run, ['--no-frozen-lockfile']);
  return (path, run) => {
    rmSync(join(path, 'package-lock.json'));
    for (const file of PNPM_FILES) copyFileSync(join(model, file), join(path, file));
    install(path, run, ['--frozen-lockfile', '--prefer-offline']);
  };
}
