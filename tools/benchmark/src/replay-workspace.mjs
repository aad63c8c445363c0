import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECTS } from './history.mjs';
import { workspaceIn } from './workspace.mjs';
import { writeIn } from './workspace-files.mjs';

const FILES_PER_PROJECT = 12;
const LINES_PER_FILE = 60;
const LOCKED_PACKAGES = 300;

/** Approves everything, and writes down what it was sent and what it said. */
const REVIEWER = `#!/usr/bin/env node
import { appendFileSync, readFileSync } from 'node:fs';
if (process.argv[2] === '--version') { console.log('1.0.0'); process.exit(0); }
const prompt = readFileSync(0, 'utf8');
const answer = JSON.stringify({ verdict: 'approve', summary: 'Nothing is wrong.', findings: [] });
appendFileSync(process.env.REPLAY_LOG, JSON.stringify({ prompt, answerCharacters: answer.length }) + '\\n');
console.log(answer);
`;

const SETTINGS = {
  agents: {
    reviewers: ['counter'],
    define: { counter: { type: 'command', command: './tools/reviewer.mjs', passEnv: ['REPLAY_LOG'] } },
  },
  review: { projects: ['*'] },
};

/** A workspace with ten projects, and a reviewer that counts. Its Nx is found in the folder above. */
export function createReplayWorkspace({ parent, env }) {
  const root = join(parent, 'replay');
  const log = join(parent, 'replay.jsonl');
  const workspace = workspaceIn(root, { ...env, CI: 'true', NX_DAEMON: 'false', REPLAY_LOG: log });
  const git = (...args) => workspace.run(['git', ...args]).trim();
  writeFiles(root);
  git('init', '-q', '-b', 'main');
  workspace.nx(['g', 'nx-fleet:init']);
  git('add', '-A');
  git('commit', '-qm', 'first');
  return { ...workspace, git, prompts: () => promptsIn(log) };
}

function writeFiles(root) {
  writeIn(root, 'nx.json', JSON.stringify({ analytics: false, neverConnectToCloud: true, defaultBase: 'main' }));
  writeIn(root, '.gitignore', 'node_modules\n.nx\n');
  writeIn(root, 'package.json', JSON.stringify({ name: 'replayed', version: '0.0.0', private: true }, null, 2));
  writeIn(
    root,
    'package-lock.json',
    lockFile(() => '1.0.0'),
  );
  writeIn(root, 'README.md', readme());
  writeIn(root, 'AGENTS.md', 'Be strict.\n');
  writeIn(root, 'nx-fleet.json', `${JSON.stringify(SETTINGS, null, 2)}\n`);
  writeIn(root, 'tools/reviewer.mjs', REVIEWER);
  chmodSync(join(root, 'tools/reviewer.mjs'), 0o755);
  for (const [name, implicitDependencies] of Object.entries(PROJECTS)) {
    writeIn(root, `${folderOf(name)}/project.json`, `${JSON.stringify({ name, implicitDependencies }, null, 2)}\n`);
    for (let file = 1; file <= FILES_PER_PROJECT; file++) writeIn(root, sourceFile(name, file), sourceOf(name, file));
  }
}

export function folderOf(project) {
  return `packages/${project}`;
}

/** Each pull request edits a file of its own in a project, so that none is in another's way. */
export function sourceFile(project, number) {
  return `${folderOf(project)}/src/part-${number}.ts`;
}

export function lockFile(versionOf) {
  const names = Array.from({ length: LOCKED_PACKAGES }, (_, index) => `package-${index}`);
  const locked = names.map((name, index) => [
    `node_modules/${name}`,
    {
      version: versionOf(index),
      resolved: `https://registry.example/${name}/-/${name}-${versionOf(index)}.tgz`,
      integrity: `sha512-${name}${versionOf(index)}`,
    },
  ]);
  const packages = { '': { name: 'replayed', version: '0.0.0' }, ...Object.fromEntries(locked) };
  return `${JSON.stringify({ name: 'replayed', version: '0.0.0', lockfileVersion: 3, requires: true, packages }, null, 2)}\n`;
}

function readme() {
  return Array.from({ length: 12 }, (_, index) => `## Part ${index + 1}\n\nWhat part ${index + 1} of the shop is for.\n\n\n\n`).join('');
}

function sourceOf(project, file) {
  const line = (number) => `export const ${project}${file}x${number} = (value: number): number => value * ${number + file} + ${file};\n`;
  return Array.from({ length: LINES_PER_FILE }, (_, number) => line(number)).join('');
}

function promptsIn(log) {
  if (!existsSync(log)) return [];
  return readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}
