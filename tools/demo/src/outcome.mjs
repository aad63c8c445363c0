import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { check } from './checks.mjs';
import { runOrFail } from './processes.mjs';
import { readJson } from './sample-workspace.mjs';

const ISSUES = ['issue-1', 'issue-2', 'issue-3'];

/** Where the worktrees of the issues are. */
export function worktreesOf({ workspace }) {
  return ISSUES.map((project) => ({ project, worktree: readJson(join(workspace, '.nx-fleet', 'local', `${project}.json`)).worktree }));
}

/** Which stages ended well, and when they ran. */
export function finishedRuns({ workspace }) {
  const out = join(workspace, '.nx-fleet', 'out');
  return readdirSync(out, { recursive: true })
    .filter((file) => basename(file) === 'run.json')
    .map((file) => ({ file, record: readJson(join(out, file)) }))
    .filter(({ record }) => record.outcome === 'completed')
    .map(({ file, record }) => `${dirname(file)} ${record.startedAt}`);
}

/** What the scripted agents must have led to: one repair, and one blocking finding. */
export async function checkScriptedRun({ exitCode, calls }, place) {
  const callsOf = (stage, issue) => calls.filter((call) => call.stage === stage && (issue === undefined || call.issue === issue)).length;
  check('the run fails, because a reviewer blocks issue 2', exitCode !== 0, exitCode);
  check(
    'agents called: 3 planners, 4 writers, 3 reviewers',
    callsOf('plan') === 3 && callsOf('build') === 4 && callsOf('review') === 3,
    calls,
  );
  const commits = await commitsOf('issue/1-discounts', place);
  check(
    'in issue 1 the tests failed once, and a fresh writer fixed it',
    callsOf('build', 'Discounts') === 2 && commits.length === 2,
    commits,
  );
  const stock = await commitsOf('issue/3-stock', place);
  check('issue 3 started from the work on issue 1', stock.length === 3 && commits.every((commit) => stock.includes(commit)), stock);
  checkVerdicts(place);
}

function checkVerdicts({ workspace }) {
  const [first, second, third] = ISSUES.map((project) =>
    readJson(join(workspace, '.nx-fleet', 'out', project, 'agent-review', 'verdict.json')),
  );
  const blocking = second.findings.filter((finding) => finding.blocking);
  check(
    `in issue 2 one finding blocks: ${blocking[0]?.file}:${blocking[0]?.startLine}`,
    second.verdict === 'request-changes' && blocking.length === 1,
    second,
  );
  const others = [first, third];
  check(
    'issues 1 and 3 are approved, without a finding',
    others.every(({ verdict, findings }) => verdict === 'approve' && findings.length === 0),
    others,
  );
}

/** The main worktree is where it was, clean. */
export async function checkMainWorktree({ workspace, env }) {
  const git = async (...args) => (await runOrFail(['git', ...args], { cwd: workspace, env, quiet: true })).lines;
  const found = {
    status: await git('status', '--porcelain'),
    branch: await git('branch', '--show-current'),
    commits: await git('log', '--format=%s'),
  };
  const holds = found.status.length === 0 && found.branch[0] === 'main' && found.commits.length === 2;
  check('the main worktree is clean, on main, without a commit of an agent', holds, found);
}

/** The commits of a branch since main, oldest first. */
async function commitsOf(branch, { workspace, env }) {
  const { lines } = await runOrFail(['git', 'log', '--reverse', '--format=%h %s', `main..${branch}`], { cwd: workspace, env, quiet: true });
  return lines;
}
