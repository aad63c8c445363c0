import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compare, measureInTurns } from './measure.mjs';
import { workspaceIn } from './workspace.mjs';
import { writeIn } from './workspace-files.mjs';

const FIRST_NUMBER = 1000;

/** What many issues add to a command that needs the project graph, the daemon running; and what as many projects of a plugin that does little add. */
export async function measureManifests(place, { rounds, manifests }) {
  const { plain } = place;
  const manifest = exampleManifest(plain);
  const withIssues = copyOf(place, 'with-issues');
  const withProjects = copyOf(place, 'with-projects');
  for (let number = FIRST_NUMBER; number < FIRST_NUMBER + manifests; number++) {
    const text = manifest.replaceAll('issue-1', `issue-${number}`).replaceAll('issue/1', `issue/${number}`);
    writeIn(withIssues.root, `.nx-fleet/issues/issue-${number}/issue.json`, text);
    writeIn(withIssues.root, `.nx-fleet/issues/issue-${number}/spec.md`, `# Issue ${number}\n`);
    writeIn(withProjects.root, `floor/${number}/issue.json`, '{}');
  }
  const workspaces = { without: plain, withIssues, withProjects };
  const show = ({ nx }) => nx(['show', 'projects']);
  // The first one starts the daemon, and the second one finds its graph still being made.
  for (const workspace of Object.values(workspaces)) for (let time = 0; time < 3; time++) show(workspace);
  requireProjects(show(withIssues), manifests);
  const contestants = Object.entries(workspaces).map(([name, workspace]) => [name, { run: () => show(workspace) }]);
  const { without, withIssues: ours, withProjects: projects } = await measureInTurns(Object.fromEntries(contestants), rounds * 2);
  withIssues.stopDaemon();
  withProjects.stopDaemon();
  const what = `nx show projects with ${manifests} issues, daemon warm`;
  return [
    compare({ what, floor: 'the same without issues', goal: 1.05, ours, floors: without }),
    compare({ what, floor: `the same with ${manifests} projects of another plugin`, ours, floors: projects }),
  ];
}

function exampleManifest({ root, nx }) {
  nx(['g', 'nx-fleet:worktree', '--issue=1'], { CI: 'true' });
  const text = readFileSync(join(root, '.nx-fleet/issues/issue-1/issue.json'), 'utf8');
  nx(['g', 'nx-fleet:remove-worktree', '--issue=1'], { CI: 'true' });
  return text;
}

function copyOf({ parent, plain, env }, name) {
  const root = join(parent, name);
  plain.run(['git', 'clone', '-q', plain.root, root]);
  return workspaceIn(root, env);
}

function requireProjects(shown, manifests) {
  const count = shown.split('\n').filter((name) => name.startsWith('issue-')).length;
  if (count !== manifests) throw new Error(`Nx shows ${count} issues instead of ${manifests}.`);
}
