import { join } from 'node:path';
import { createMany } from './affected.mjs';
import { compare, measureInTurns } from './measure.mjs';
import { workspaceIn } from './workspace.mjs';
import { writeIn } from './workspace-files.mjs';

const ISSUES = 20;
const BASE = '0'.repeat(40);
const KINDS = [
  { name: 'off', projects: [], what: 'reviews of projects off', goals: { warm: 1.05, none: 1.15 } },
  { name: 'on', projects: ['*'], what: 'reviews of all projects on', goals: { warm: 1.3, none: 1.3 } },
];
const DAEMONS = [
  { name: 'warm', what: 'daemon warm', env: { NX_DAEMON: 'true' } },
  { name: 'none', what: 'no daemon', env: { NX_DAEMON: 'false' } },
];

/** What the plugin adds to a command that needs the project graph of a repository of many projects with a few issues. */
export async function measureGraph({ parent, env }, { rounds, projects, say }) {
  const plain = createWorkspace(join(parent, 'graph'), env, projects);
  const workspaces = KINDS.map((kind) => ({ kind, ours: createOurs({ parent, env }, projects, kind) }));
  const results = [];
  for (const daemon of DAEMONS) {
    say(`  ${daemon.what}`);
    results.push(...(await measureShow({ plain, workspaces }, daemon, rounds)));
  }
  for (const { stopDaemon } of [plain, ...workspaces.map(({ ours }) => ours)]) stopDaemon();
  return results;
}

async function measureShow({ plain, workspaces }, { name, what, env }, rounds) {
  const show = ({ nx }) => nx(['show', 'projects'], env);
  const contestants = { plain: { run: () => show(plain) } };
  for (const { kind, ours } of workspaces) contestants[kind.name] = { run: () => show(ours) };
  // The first command starts the daemon, and the second one may find its graph still being made.
  for (let time = 0; time < 3; time++) for (const { run } of Object.values(contestants)) run();
  for (const { ours } of workspaces) requireIssues(show(ours));
  const times = await measureInTurns(contestants, Math.max(5, rounds));
  return workspaces.map(({ kind }) =>
    compare({
      what: `nx show projects, ${plain.projects} projects and ${ISSUES} issues, ${kind.what}, ${what}`,
      floor: 'the same projects without the plugin',
      goal: kind.goals[name],
      ours: times[kind.name],
      floors: times.plain,
    }),
  );
}

function createOurs({ parent, env }, projects, { name, projects: reviewed }) {
  const root = join(parent, `graph-${name}`);
  const workspace = createWorkspace(root, env, projects);
  workspace.nx(['g', 'nx-fleet:init'], { CI: 'true', NX_DAEMON: 'false' });
  writeIn(root, 'nx-fleet.json', JSON.stringify({ review: { projects: reviewed } }));
  for (let number = 1; number <= ISSUES; number++) {
    const project = `issue-${number}`;
    const tracker = { type: 'markdown', reference: String(number), url: null };
    const issue = { version: 1, project, title: 'An issue', branch: `issue/${number}`, base: BASE, round: 1, blockedBy: [], tracker };
    writeIn(root, `.nx-fleet/issues/${project}/issue.json`, JSON.stringify(issue));
    writeIn(root, `.nx-fleet/issues/${project}/spec.md`, `# Issue ${number}\n`);
  }
  return workspace;
}

function createWorkspace(root, env, projects) {
  const workspace = createMany(workspaceIn(root, env), projects);
  workspace.run(['git', 'add', '-A']);
  workspace.run(['git', 'commit', '-qm', 'first']);
  return workspace;
}

function requireIssues(shown) {
  const count = shown.split('\n').filter((name) => name.startsWith('issue-')).length;
  if (count !== ISSUES) throw new Error(`Nx shows ${count} issues instead of ${ISSUES}.`);
}
