import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NEWEST_NX, TESTS_ALL } from './versions.js';
import { agentCalls, callLog } from './workspace/agent-calls.js';
import { APP_FILES, APP_OPTIONS } from './workspace/fruit-app.js';
import { processesLeft, processesOf, untilTrue, type Running } from './workspace/processes.js';
import { SCRIPTED_FILES, scriptedOptions } from './workspace/scripted-agents.js';
import { worktreeOf } from './workspace/shop.js';
import { createFleet, succeed, type Workspace } from './workspace/workspace.js';

/** Where a file `hang-check` is in HOME, takes it away, leaves half a file and a server behind, and never ends. */
const CHECK = `#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
const flag = process.env.HOME + '/hang-check';
if (existsSync(flag)) {
  spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' }).unref();
  writeFileSync('report.xml', 'half of i');
  rmSync(flag);
  setInterval(() => {}, 1000);
}
`;

const ISSUES = {
  'docs/issues/check.md': '# The check\n\n- [ ] Sold\n',
  'docs/issues/fix.md': '# The fix\n\n- [ ] Sold, PLANT BUG\n',
  'docs/issues/review.md': '# The review\n\n- [ ] Sold, HANG review\n',
  'docs/issues/deliver.md': '# The delivery\n\n- [ ] Sold, HANG build\n',
  'docs/issues/trial.md': '# The trial\n\n- [ ] Sold, HANG e2e\n',
};

describe('a run that is killed with -9', () => {
  let workspace: Workspace;
  const start = (target: string): Running => workspace.startNx(['run', target, '--output-style=static'], { env: callLog(workspace) });
  const flag = (): string => join(workspace.folder, 'home/hang-check');
  const stagesOf = (title: string): readonly string[] =>
    agentCalls(workspace)
      .filter((call) => call.title === title)
      .map(({ stage }) => stage);

  /** Kills a run with all its processes once its check hangs. */
  async function killInCheck(target: string): Promise<void> {
    writeFileSync(flag(), '');
    const running = start(target);
    await Promise.race([
      untilTrue('the check hangs', () => !existsSync(flag())),
      running.finished.then(({ output }) => Promise.reject(new Error(output))),
    ]);
    running.signal('SIGKILL');
    await running.finished;
  }

  /** Text of a file in the work of an issue that was kept. */
  async function kept(project: string, file: string): Promise<string> {
    const refs = await workspace.git('for-each-ref', '--format=%(refname)', `refs/nx-fleet/backup/${project}/`);
    return workspace.git('show', `${refs.split('\n').at(-1) ?? ''}:${file}`);
  }

  beforeAll(async () => {
    const options = scriptedOptions({ ...APP_OPTIONS, validate: { agent: 'inspector' } });
    const files = { ...SCRIPTED_FILES, ...APP_FILES, ...ISSUES, 'tools/check.mjs': CHECK, 'nx-fleet.json': options };
    workspace = await createFleet({ ...NEWEST_NX, files });
    await succeed(workspace.nx('g', 'worktree', '--issue=check,fix,review,deliver,trial'));
  });

  afterAll(() => workspace.removeAtRest());

  it('in agent-validate checks again in a fresh worktree, pays no agent twice, and ends what the checks had started', async () => {
    await succeed(start('issue-check:agent-build').finished);
    await killInCheck('issue-check:agent-review');
    expect(existsSync(join(worktreeOf(workspace, 'checks-of-issue-check'), 'report.xml'))).toBe(true);
    const { output } = await succeed(start('issue-check:agent-review').finished);
    expect(output).toContain('Verdict: approved');
    expect(stagesOf('The check').filter((stage) => stage === 'plan' || stage === 'build')).toEqual(['plan', 'build']);
    expect(existsSync(worktreeOf(workspace, 'checks-of-issue-check'))).toBe(false);
    expect(await processesLeft(workspace.folder)).toEqual([]);
  }, 180_000);

  it('in agent-fix, after its commit, fixes again from what was reviewed; the first attempt is kept', async () => {
    expect((await start('issue-fix:agent-review').finished).exitCode).not.toBe(0);
    await killInCheck('issue-fix:agent-fix');
    await succeed(start('issue-fix:agent-fix').finished);
    const subjects = await workspace.git('log', '--format=%s', 'main..issue/fix-the-fix');
    expect(subjects.split('\n')).toEqual(['The fix: address review', 'The fix']);
    expect(await kept('issue-fix', 'work-the-fix.txt')).toBe('fixed');
    expect((await succeed(start('issue-fix:agent-review').finished)).output).toContain('Verdict: approved');
    expect(stagesOf('The fix').filter((stage) => stage !== 'e2e')).toEqual(['plan', 'build', 'review', 'fix', 'fix', 'review']);
    expect(await processesLeft(workspace.folder)).toEqual([]);
  }, 180_000);

  (TESTS_ALL ? it : it.skip)(
    'in a review ends the reviewer that was left in its snapshot, and asks a fresh one',
    async () => {
      const running = start('issue-review:agent-review');
      await Promise.race([
        untilTrue('it is reviewed', () => stagesOf('The review').includes('review')),
        running.finished.then(({ output }) => Promise.reject(new Error(output))),
      ]);
      running.signal('SIGKILL');
      await running.finished;
      workspace.write('docs/issues/review.md', '# The review\n\n- [ ] Sold\n');
      await succeed(workspace.nx('g', 'worktree', '--issue=review'));
      const { output } = await succeed(start('issue-review:agent-review').finished);
      expect(output).toContain('Verdict: approved');
      expect(output).toContain('an earlier run was killed: ended');
      expect(await processesLeft(workspace.folder)).toEqual([]);
    },
    180_000,
  );

  const victims = [
    ['issue-deliver', 'The delivery', 'build'],
    ['issue-trial', 'The trial', 'e2e'],
  ] as const;

  it.each(victims.slice(0, TESTS_ALL ? victims.length : 1))(
    '%s ends with all of its runs, agents and apps when only its outermost process is killed',
    async (project, title, stage) => {
      const target = `${project}:agent-deliver`;
      const running = start(target);
      await Promise.race([
        untilTrue(`${title} is at its ${stage}`, () => stagesOf(title).includes(stage)),
        running.finished.then(({ output }) => Promise.reject(new Error(output))),
      ]);
      const [outermost] = processesOf(workspace.folder).filter(({ command }) => command.includes(`run ${target}`));
      if (outermost === undefined) throw new Error('it does not run');
      process.kill(outermost.pid, 'SIGKILL');
      await running.finished;
      expect(await processesLeft(workspace.folder, 20_000)).toEqual([]);
      workspace.write(`docs/issues/${project.slice('issue-'.length)}.md`, `# ${title}\n\n- [ ] Sold\n`);
      await succeed(workspace.nx('g', 'worktree', `--issue=${project.slice('issue-'.length)}`));
      expect((await succeed(start(target).finished)).output).toContain('Verdict: approved');
    },
    180_000,
  );
});
