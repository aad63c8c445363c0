import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderOf, lockFile, sourceFile } from './replay-workspace.mjs';
import { seededRandom } from './seeded-random.mjs';
import { writeIn } from './workspace-files.mjs';

/**
 * Does with git what people do before they push.
 * @param {ReturnType<typeof import('./replay-workspace.mjs').createReplayWorkspace>} workspace
 * @param {number} seed decides what is written
 * @returns {(push: { kind: string, pull: number, affects: string[], projects: string[] }) => { branch: string, base: string }} what is checked out then, and what a
 *   pipeline compares it with
 */
export function createPusher(workspace, seed) {
  const { git } = workspace;
  const code = createWriter(workspace.root, seededRandom(seed + 1));
  const commit = (message) => {
    git('add', '-A');
    git('commit', '-qm', message);
  };
  const actions = {
    open: ({ pull, projects }) => {
      git('switch', '-qc', `pull-${pull}`, 'main');
      for (const project of projects) {
        code.feature(project, pull);
        commit(`feat(${project}): part ${pull}`);
        code.test(project, pull);
        commit(`test(${project}): part ${pull}`);
      }
    },
    extend: ({ pull, projects: [project] }) => {
      code.feature(project, pull);
      commit(`feat(${project}): more of part ${pull}`);
    },
    'fix-up': ({ pull, projects: [project] }) => {
      code.fix(project, pull);
      commit(`fix(${project}): part ${pull}`);
    },
    message: () => git('commit', '-q', '--amend', '--allow-empty', '-m', 'a better message'),
    rebase: () => git('rebase', '-q', 'main'),
    root: ({ pull }) => {
      code.readme(pull);
      commit('docs: readme');
    },
    lock: ({ pull }) => {
      code.lock(pull);
      commit('chore: update dependencies');
    },
    // The newest commit with content: nobody takes an empty one back.
    revert: () => git('revert', '--no-edit', git('log', '-1', '--format=%H', '--', '.')),
    empty: () => git('commit', '-q', '--allow-empty', '-m', 'chore: run again'),
  };
  return (push) => {
    const branch = `pull-${push.pull}`;
    if (push.kind === 'merge') return mergePull(branch, git);
    if (push.kind === 'twin') return openAgain(branch, git);
    if (push.kind !== 'open') git('switch', '-q', branch);
    actions[push.kind](push);
    return { branch, base: 'main' };
  };
}

function mergePull(branch, git) {
  git('switch', '-q', 'main');
  const base = git('rev-parse', 'HEAD');
  git('merge', '-q', '--no-ff', '-m', `Merge ${branch}`, branch);
  return { branch: 'main', base };
}

/** The same change in one commit on another branch, as when somebody gives up a pull request and opens it again. */
function openAgain(branch, git) {
  git('switch', '-qc', `${branch}-again`, git('merge-base', 'main', branch));
  git('checkout', '-q', branch, '--', '.');
  git('add', '-A');
  git('commit', '-qm', 'the same again');
  return { branch: `${branch}-again`, base: 'main' };
}

/** Writes what a person would: a feature is a new file and lines in one that is there, a fix a few lines in them. */
function createWriter(root, random) {
  let written = 0;
  const line = (name) => `export const ${name}${(written += 1)} = (value: number): number => value * ${random.between(2, 999)};`;
  const lines = (name, least, most) => Array.from({ length: random.between(least, most) }, () => line(name));
  const edit = (file, change) =>
    writeIn(root, file, `${change(readFileSync(join(root, file), 'utf8').trimEnd().split('\n')).join('\n')}\n`);
  const insert = (file, added) =>
    edit(file, (old) => {
      const at = random.between(0, old.length);
      return [...old.slice(0, at), ...added, ...old.slice(at)];
    });
  const newFile = (project, pull) => `${folderOf(project)}/src/feature-${pull}.ts`;
  return {
    feature: (project, pull) => {
      const file = newFile(project, pull);
      if (existsSync(join(root, file))) insert(file, lines(project, 8, 40));
      else writeIn(root, file, `${lines(project, 25, 90).join('\n')}\n`);
      insert(sourceFile(project, pull), lines(project, 2, 10));
    },
    test: (project, pull) =>
      writeIn(root, `${folderOf(project)}/src/feature-${pull}.spec.ts`, `${lines(`${project}Test`, 15, 60).join('\n')}\n`),
    fix: (project, pull) => {
      const added = lines(`${project}Fix`, 1, 8);
      edit(newFile(project, pull), (old) => {
        const at = random.between(0, old.length - 1);
        return [...old.slice(0, at), ...added, ...old.slice(at + random.between(1, 4))];
      });
    },
    readme: (pull) =>
      edit('README.md', (old) => old.flatMap((text) => (text === `## Part ${pull}` ? [text, ...lines('readme', 1, 4)] : [text]))),
    lock: (pull) => {
      const own = (index) => index >= pull * 20 && index < pull * 20 + 10;
      const now = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
      writeIn(
        root,
        'package-lock.json',
        lockFile((index) => (own(index) ? `1.${(written += 1)}.0` : now[`node_modules/package-${index}`].version)),
      );
    },
  };
}
