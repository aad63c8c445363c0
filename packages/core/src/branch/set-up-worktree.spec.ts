import { UserError } from '../errors/user-error.js';
import { aFinding, aReview } from '../review/finding.contract.js';
import { buildIssue } from '../stages/build/build-issue.js';
import { checkoutBuild } from '../stages/checkout/checkout-build.js';
import { fixIssue } from '../stages/fix/fix-issue.js';
import {
  addIssue,
  BUILD_TARGET,
  failedCheck,
  FIX_TARGET,
  stageIssue,
  storeApproved,
  storeCheckout,
  VALIDATE_TARGET,
  writes,
  WRITTEN,
  type StagedIssue,
  type StagedOptions,
} from '../stage/staged-issue.contract.js';
import { validateIssue } from '../stages/validate/validate-issue.js';

const FIXED = `${FIX_TARGET}--claude`;

interface World {
  readonly issue: StagedIssue;
  /** What happened, in order: `fresh`, `<command> on <files>`, `writer on <files>`. */
  readonly events: string[];
}

/** An issue whose setup command is `migrate`, and whose check is `test`. */
async function world(options: StagedOptions = {}, database: Partial<StagedIssue['database']> = {}): Promise<World> {
  const events: string[] = [];
  let files: (cwd: string) => string = () => '';
  let isMade = false;
  const issue = await stageIssue({
    options: { worktrees: { setup: ['migrate'] }, checks: ['test'] },
    ...options,
    agent: (request, fleet, asked) => {
      events.push(`writer on ${files(request.cwd)}`);
      return (options.agent ?? writes('a.ts'))(request, fleet, asked);
    },
    commands: (command) => {
      events.push(`${command.file} on ${files(command.cwd)}`);
      return isMade ? (options.commands?.(command) ?? {}) : {};
    },
  });
  isMade = true;
  const written = (cwd: string): [string, string][] => [...issue.git.filesIn(cwd)].filter(([name]) => name !== 'README.md');
  files = (cwd) =>
    written(cwd)
      .map(([name, text]) => `${name} ${text}`)
      .join(', ') || 'the base';
  const { resetBranch } = issue.database;
  const counted: StagedIssue['database'] = {
    ...issue.database,
    resetBranch: async (request) => {
      events.push('fresh');
      return resetBranch(request);
    },
    ...database,
  };
  const context: StagedIssue['context'] = (...given) => ({ ...issue.context(...given), database: counted });
  events.length = 0;
  return { issue: { ...issue, context }, events };
}

async function build({ issue }: World): Promise<void> {
  await buildIssue(issue.settings.build, issue.context(WRITTEN));
}

async function checkout({ issue }: World): Promise<void> {
  await checkoutBuild('claude', issue.context(BUILD_TARGET));
}

async function validate({ issue }: World, place: 'fresh' | 'worktree' = 'fresh'): Promise<void> {
  await validateIssue({ ...issue.settings.validate, in: place }, issue.context(VALIDATE_TARGET));
}

/** Takes the events so far. */
function take({ events }: World): readonly string[] {
  return events.splice(0);
}

describe('database and generated files follow the branch', () => {
  it('in a build: the worktree that was just made serves its writer; checks get the database of what was written', async () => {
    const made = await world();
    await build(made);
    expect(take(made)).toEqual(['writer on the base', 'fresh', 'migrate on a.ts 1', 'test on a.ts 1']);
  });

  it('in a second build, which begins at the base with what the base has', async () => {
    const made = await world();
    await build(made);
    take(made);
    await build(made);
    expect(take(made)).toEqual(['fresh', 'migrate on the base', 'writer on the base', 'fresh', 'migrate on a.ts 2', 'test on a.ts 2']);
  });

  it('in a worktree that was made again, when all of the review comes from the cache', async () => {
    const first = await world();
    await build(first);
    const { git } = first.issue;
    const again = await world({ git: { bundles: git.bundles } });
    await again.issue.host.artifacts.write('issue-42', WRITTEN, 'build.json', first.issue.out(WRITTEN, 'build.json') ?? '');
    await checkout(again);
    expect(take(again)).toEqual(['fresh', 'migrate on a.ts 1']);
    await checkout(again);
    expect(take(again)).toEqual([]);
  });

  it('in a build that starts from the head of a blocker', async () => {
    const made = await world();
    const { issue } = made;
    await build(made);
    await addIssue(issue, '43', ['42']);
    await storeApproved(issue, 'issue-42');
    take(made);
    await buildIssue(issue.settings.build, issue.context(WRITTEN, 'issue-43'));
    expect(take(made).slice(0, 3)).toEqual(['fresh', 'migrate on a.ts 1', 'writer on a.ts 1']);
  });

  it('in a validation in the worktree, whose checks get a database that no other checks have worked on', async () => {
    const made = await world();
    await build(made);
    await checkout(made);
    take(made);
    await validate(made, 'worktree');
    expect(take(made)).toEqual(['fresh', 'migrate on a.ts 1', 'test on a.ts 1']);
    await validate(made, 'worktree');
    expect(take(made)).toEqual(['fresh', 'migrate on a.ts 1', 'test on a.ts 1']);
  });

  it('in a fix', async () => {
    const made = await world({ agent: writes('a.ts', () => 'fixed') });
    const { issue } = made;
    issue.git.filesIn(issue.worktree).set('a.ts', 'wrong');
    await issue.git.commitAll(issue.worktree, 'Work');
    const [tree, baseTree] = [await issue.git.resolveTree(issue.branchRef), await issue.git.resolveTree(issue.git.root)];
    const findings = [aFinding({ file: 'a.ts', startLine: 1, endLine: 1 })];
    const review = aReview({ tree: tree ?? '', baseTree: baseTree ?? '', verdict: 'request-changes', findings });
    await issue.host.artifacts.write('issue-42', 'agent-review--codex', 'review.json', JSON.stringify(review));
    await storeCheckout(issue);
    await fixIssue(issue.settings.fix, true, issue.context(FIXED));
    expect(take(made)).toEqual([
      'fresh',
      'migrate on a.ts wrong',
      'writer on a.ts wrong',
      'fresh',
      'migrate on a.ts fixed',
      'test on a.ts fixed',
    ]);
  });

  it('in an adopted branch on which a person has committed', async () => {
    const made = await world();
    const { issue } = made;
    const manifest = await issue.host.state.readManifest('issue-42');
    if (manifest !== null) await issue.host.state.writeIssue('issue-42', { ...manifest, adopted: true }, '# Dark mode');
    issue.git.filesIn(issue.worktree).set('mine.ts', '1');
    await issue.git.commitAll(issue.worktree, 'Mine');
    await checkout(made);
    expect(take(made)).toEqual(['fresh', 'migrate on mine.ts 1']);
  });

  it('and again when the setup commands change', async () => {
    const made = await world();
    await build(made);
    await checkout(made);
    take(made);
    const { issue } = made;
    const context = issue.context(BUILD_TARGET);
    const provisioning = { ...context.provisioning, worktrees: { ...context.provisioning.worktrees, setup: ['migrate', 'seed'] } };
    await checkoutBuild('claude', { ...context, provisioning });
    expect(take(made)).toEqual(['fresh', 'migrate on a.ts 1', 'seed on a.ts 1']);
  });

  it('without a database: setup commands run once for each state of the branch', async () => {
    const none = { type: 'none', variables: [], createBranch: async () => null, resetBranch: async () => null };
    const made = await world({}, none);
    await build(made);
    await checkout(made);
    await validate(made, 'worktree');
    expect(take(made)).toEqual(['writer on the base', 'migrate on a.ts 1', 'test on a.ts 1', 'test on a.ts 1']);
  });

  it('and costs nothing where there is neither a database nor a setup command', async () => {
    const none = { type: 'none', variables: [], createBranch: async () => null, resetBranch: async () => null };
    const made = await world({ options: { checks: ['test'] } }, none);
    await build(made);
    await validate(made).catch(() => null);
    expect(take(made)).toEqual(['writer on the base', 'test on a.ts 1']);
  });

  it('a setup command that fails on what a writer wrote is its failure to fix, like that of a check', async () => {
    const made: World = await world({
      commands: ({ file }) => (file === 'migrate' && made.issue.requests.length === 1 ? failedCheck('column exists') : {}),
    });
    await build(made);
    expect(made.issue.requests).toHaveLength(2);
    expect(made.issue.requests[1]?.prompt).toContain('`setup: migrate` failed (exit code 1)');
    expect(made.issue.requests[1]?.prompt).toContain('column exists');
  });

  it('a database that does not answer fails the stage, and is given to no writer', async () => {
    const made = await world({}, { resetBranch: () => Promise.reject(new UserError('The server is down.')) });
    await expect(build(made)).rejects.toThrow('The server is down.');
    expect(made.issue.requests).toHaveLength(1);
    expect(await made.issue.host.state.readLocal('issue-42')).not.toHaveProperty('setUp');
  });

  it('a setup command that is not there is given to no writer either', async () => {
    const made = await world({ commands: ({ file }) => (file === 'migrate' ? { ended: 'not-found', exitCode: null } : {}) }, {});
    await expect(build(made)).rejects.toThrow('The setup command "migrate" failed');
    expect(made.issue.requests).toHaveLength(1);
  });

  it('what a setup command leaves is kept under a ref and named, and the worktree is as it was', async () => {
    let isLeaving = false;
    const made: World = await world({
      commands: ({ file, cwd }) => {
        if (isLeaving && file === 'migrate') made.issue.git.filesIn(cwd).set('schema.lock', '');
        return {};
      },
    });
    await build(made);
    isLeaving = true;
    await expect(checkout(made)).resolves.toBeUndefined();
    made.issue.git.filesIn(made.issue.worktree).set('mine.ts', '1');
    await made.issue.git.commitAll(made.issue.worktree, 'Mine');
    await expect(checkout(made)).rejects.toThrow('The setup commands left "schema.lock", which is neither committed nor ignored.');
    expect(await made.issue.git.dirtyPaths(made.issue.worktree)).toEqual([]);
    expect(await made.issue.git.listRefs('refs/nx-fleet/backup/')).not.toEqual([]);
    isLeaving = false;
    take(made);
    await checkout(made);
    expect(take(made)).toContain('migrate on a.ts 1, mine.ts 1');
  });
});
