import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { compare, measureInTurns } from './measure.mjs';
import { workspaceIn } from './workspace.mjs';
import { writeIn } from './workspace-files.mjs';

const CHANGED = 5;
const DEPENDENTS = 100;
const FILES_PER_PROJECT = 5;
/** As in a pipeline. */
const CI = { CI: 'true', NX_DAEMON: 'false' };

const REVIEWER = `#!/usr/bin/env node
if (process.argv[2] === '--version') console.log('1.0.0');
else console.log(JSON.stringify({ verdict: 'approve', summary: 'Nothing is wrong.', findings: [] }));
`;
const SETTINGS = {
  agents: { reviewers: ['robot'], define: { robot: { type: 'command', command: './tools/agent.mjs' } } },
  review: { projects: ['*'] },
};

/** What `nx affected` takes with our targets, all reviews cached, against targets that do nothing, in a repository of many projects. */
export async function measureAffected(place, { rounds, projects, say }) {
  const contestants = setUp(place, projects);
  const dependents = Math.min(DEPENDENTS, projects - 1);
  const changes = [
    { branch: 'few', what: `${CHANGED} projects changed`, goal: 1.2 },
    { branch: 'root', what: 'a file at the root changed', goal: 1.2 },
    { branch: 'library', what: `a library changed that ${dependents} others depend on`, goal: 0.6 },
  ];
  const results = [];
  for (const { branch, what, goal } of changes) {
    say(`  ${what}`);
    results.push(await measureChange(contestants, { branch, what: `${what}, of ${projects} projects`, goal, rounds }));
  }
  return results;
}

function setUp({ parent, env }, projects) {
  const ours = createMany(workspaceIn(join(parent, 'affected'), env), projects);
  const floor = createMany(workspaceIn(join(parent, 'affected-floor'), env), projects);
  ours.nx(['g', 'nx-fleet:init'], CI);
  writeIn(floor.root, 'nx.json', JSON.stringify({ analytics: false, neverConnectToCloud: true, plugins: ['floor/review-plugin.js'] }));
  for (const workspace of [ours, floor]) commitChanges(workspace);
  return { ours, floor };
}

async function measureChange({ ours, floor }, { branch, what, goal, rounds }) {
  for (const { run } of [ours, floor]) run(['git', 'switch', '-q', branch]);
  const contestants = {
    raw: { run: () => floor.nx(['affected', '-t', 'floor-review', '--base=main'], CI) },
    ours: { run: () => ours.nx(['affected', '-t', 'agent-review', '--base=main'], CI) },
  };
  // Fills the caches: only what is asked again is measured.
  for (const { run } of Object.values(contestants)) run();
  const times = await measureInTurns(contestants, Math.max(5, rounds));
  return compare({
    what: `nx affected -t agent-review, all cached: ${what}`,
    floor: 'the same graph of targets that do nothing',
    goal,
    ours: times.ours,
    floors: times.raw,
  });
}

/** The first project is a library that a part of the others depend on. */
export function createMany(workspace, projects) {
  const { root, run } = workspace;
  writeIn(root, 'nx.json', JSON.stringify({ analytics: false, neverConnectToCloud: true, defaultBase: 'main' }));
  writeIn(root, '.gitignore', 'node_modules\n.nx\n.floor-out\n');
  writeIn(root, 'README.md', '# Many\n');
  writeIn(root, 'nx-fleet.json', JSON.stringify(SETTINGS));
  writeIn(root, 'tools/agent.mjs', REVIEWER);
  chmodSync(join(root, 'tools/agent.mjs'), 0o755);
  for (let number = 0; number < projects; number++) {
    const implicitDependencies = number > 0 && number <= DEPENDENTS ? ['project-0'] : [];
    writeIn(root, `packages/${number}/project.json`, JSON.stringify({ name: `project-${number}`, implicitDependencies }));
    for (let file = 0; file < FILES_PER_PROJECT; file++) writeIn(root, `packages/${number}/src/${file}.txt`, `${number} ${file}\n`);
  }
  run(['git', 'init', '-q', '-b', 'main']);
  return { ...workspace, projects };
}

function commitChanges({ root, run, projects }) {
  const commit = () => {
    run(['git', 'add', '-A']);
    run(['git', 'commit', '-qm', 'change']);
  };
  const branch = (name, files) => {
    run(['git', 'switch', '-qc', name, 'main']);
    for (const file of files) writeIn(root, file, 'changed\n');
    commit();
  };
  commit();
  branch(
    'few',
    Array.from({ length: CHANGED }, (_, index) => `packages/${projects - 1 - index}/src/0.txt`),
  );
  branch('root', ['README.md']);
  branch('library', ['packages/0/src/0.txt']);
}
