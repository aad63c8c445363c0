import { parseSettings } from '@nx-fleet/core';
import type { ExecutorContext } from '@nx/devkit';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { changesExecutor } from './changes/executor.js';
import { checkoutExecutor } from './checkout/executor.js';
import { planExecutor } from './plan/executor.js';
import { reviewExecutor } from './review/executor.js';
import { matchesGlob } from './run-stage.js';
import { useShownOutput } from './shown-output.fixture.js';
import { type Adapters, createAdapters } from '../adapters.js';
import { rememberFiles } from '../settings/files-of-run.js';
import { readSettings } from '../settings/read-settings.js';

const { root: folder, lines } = useShownOutput();
const VARIABLES = [
  'NX_BASE',
  'NX_HEAD',
  'NX_FLEET_BASE',
  'NX_FLEET_HEAD',
  'NX_FLEET_AFFECTED',
  'NX_FLEET_COMMAND',
  'NX_FLEET_SETTINGS_OF_RUN',
  'NX_FLEET_FILES_OF_RUN',
  'NX_TASK_HASH',
];
const ISSUE_BRANCH = 'issue/43-pears';

/** Approves. While it reads, the build of another issue commits. */
const REVIEWER = `
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
const [mode, main] = process.argv.slice(2);
if (mode === '--version') {
  console.log('1.0.0');
} else {
  writeFileSync(process.argv[1] + '.prompt', readFileSync(0));
  const git = (...args) => execFileSync('git', ['-C', main, '-c', 'user.name=Ada', '-c', 'user.email=a@b', ...args], { encoding: 'utf8' }).trim();
  const commit = git('commit-tree', '-m', 'pears', '-p', '${ISSUE_BRANCH}', '${ISSUE_BRANCH}^{tree}');
  git('update-ref', 'refs/heads/${ISSUE_BRANCH}', commit);
  console.log(JSON.stringify({ verdict: 'approve', summary: 'Fine.', findings: [] }));
}
`;

describe('the review of a project', () => {
  const before: Record<string, string | undefined> = {};
  const main = (): string => join(folder(), 'main');
  const linked = (): string => join(folder(), 'linked');
  const variables = (): Record<string, string> => ({
    PATH: process.env['PATH'] ?? '',
    HOME: folder(),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    NX_FLEET_HOME: join(folder(), 'fleet-home'),
  });
  const git = (cwd: string, ...args: readonly string[]): string => {
    const identity = ['-c', 'user.name=Ada', '-c', 'user.email=a@b'];
    return execFileSync('git', [...identity, ...args], { cwd, env: variables(), encoding: 'utf8' }).trim();
  };
  const write = (worktree: string, file: string, text: string): void => {
    mkdirSync(dirname(join(worktree, file)), { recursive: true });
    writeFileSync(join(worktree, file), text);
  };
  const adapters = (worktree: string): Adapters => createAdapters(worktree, readSettings(worktree), variables());

  beforeEach(async () => {
    for (const name of VARIABLES) {
      before[name] = process.env[name];
      delete process.env[name];
    }
    const program = join(folder(), 'reviewer.mjs');
    writeFileSync(program, REVIEWER);
    const inspector = {
      type: 'command',
      command: process.execPath,
      args: [program, 'review', main()],
      versionArgs: [program, '--version'],
      models: { standard: 'any', light: 'any', strong: 'any' },
    };
    git(folder(), 'init', '-q', '-b', 'main', 'main');
    write(main(), 'nx.json', '{ "plugins": [{ "plugin": "nx-fleet/plugin" }] }\n');
    write(main(), 'nx-fleet.json', JSON.stringify({ agents: { reviewers: ['inspector'], define: { inspector } } }));
    write(main(), '.gitignore', '/.nx-fleet/\n');
    write(main(), 'shop/price.txt', '1\n');
    git(main(), 'add', '-A');
    git(main(), 'commit', '-q', '-m', 'first');
    git(main(), 'branch', ISSUE_BRANCH);
    git(main(), 'worktree', 'add', '-q', '-b', 'work', linked());
    write(linked(), 'shop/price.txt', '2\n');
    git(linked(), 'commit', '-q', '-a', '-m', 'dearer');
    const tracker = { type: 'markdown', reference: '43', url: null };
    const facts = { version: 1, project: 'issue-43', title: 'Pears', branch: ISSUE_BRANCH, round: 1, blockedBy: [], tracker } as const;
    await adapters(main()).host.state.writeIssue(
      'issue-43',
      { ...facts, blockedBy: [], base: git(main(), 'rev-parse', 'main') },
      '# Pears\n',
    );
  });

  afterEach(() => {
    for (const name of VARIABLES) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });

  const contextOf = (worktree: string, project: string, target: string): ExecutorContext => {
    const node = (name: string) => ({ name, data: { root: name, targets: { 'agent-review': { executor: 'nx-fleet:gate' } } } });
    return {
      root: worktree,
      projectName: project,
      targetName: target,
      projectGraph: { nodes: { shop: node('shop'), cellar: node('cellar') }, dependencies: {} },
      nxJsonConfiguration: { defaultBase: 'main' },
    } as unknown as ExecutorContext;
  };

  async function review(worktree: string, project = 'shop'): Promise<boolean> {
    await changesExecutor({}, contextOf(worktree, 'fleet', 'agent-changes'), adapters(worktree));
    const context = contextOf(worktree, project, 'agent-review--inspector');
    return (await reviewExecutor({ agent: 'inspector', subject: 'project' }, context, adapters(worktree))).success;
  }

  it('leaves the branch of an issue alone, whose build goes on meanwhile, also in a linked worktree', async () => {
    expect(await review(linked())).toBe(true);
    expect(git(main(), 'log', '-1', '--format=%s', ISSUE_BRANCH)).toBe('pears');
    expect(git(main(), 'for-each-ref', 'refs/nx-fleet/backup')).toBe('');
    expect(lines().at(-1)).toBe('inspector: approve, 0 findings');
  });

  it('begins with at most 3,000 characters, the diff aside: every run of every reviewer pays for them', async () => {
    await review(linked());
    const prompt = readFileSync(join(folder(), 'reviewer.mjs.prompt'), 'utf8');
    expect(prompt).toContain('+2');
    expect(prompt.replace(/^```diff\n[^]*?^```$/m, '').length).toBeLessThanOrEqual(3000);
  });

  it('is all that a command runs that asks for what a change touches: a stage of an issue leaves branch and artifacts alone', async () => {
    process.env['NX_FLEET_AFFECTED'] = 'run';
    const stage = async (target: string): Promise<boolean> =>
      (await checkoutExecutor({}, contextOf(main(), 'issue-43', target), adapters(main()))).success;
    expect(await stage('agent-build')).toBe(true);
    expect(lines().at(-1)).toContain('To run it: nx run issue-43:agent-build');
    expect(await adapters(main()).host.artifacts.read('issue-43', 'agent-build', 'checkout.json')).toBeNull();
    expect(await review(linked())).toBe(true);
    process.env['NX_FLEET_AFFECTED'] = '';
    expect(await stage('agent-build')).toBe(false);
  });

  it('asks no agent about an issue whose text has changed since the command began', async () => {
    rememberFiles(main(), readSettings(main()), process.env);
    write(main(), '.nx-fleet/issues/issue-43/spec.md', '# Plums');
    const { success } = await planExecutor({}, contextOf(main(), 'issue-43', 'agent-plan'), adapters(main()));
    expect(success).toBe(false);
    expect(lines().at(-1)).toContain('The text of issue-43 has changed since this command began. Run it again.');
    expect(await adapters(main()).host.ledger.readPayments()).toEqual([]);
  });

  it('books what it costs in the main worktree, and leaves its artifacts where it ran', async () => {
    await review(linked());
    const [ofMain, ofLinked] = [adapters(main()).host, adapters(linked()).host];
    expect(await ofMain.ledger.readPayments()).toMatchObject([{ kind: 'start', project: 'shop' }, { kind: 'end' }]);
    expect(await ofMain.artifacts.read('shop', 'agent-review--inspector', 'review.json')).toBeNull();
    expect(await ofLinked.artifacts.read('shop', 'agent-review--inspector', 'review.json')).toContain('"approve"');
  });

  describe('with budgets', () => {
    const limit = (budgets: object): void => {
      const settings = JSON.parse(git(main(), 'show', 'main:nx-fleet.json')) as object;
      write(linked(), 'nx-fleet.json', JSON.stringify({ ...settings, budgets }));
    };

    beforeEach(async () => {
      const { ledger } = adapters(main()).host;
      const owner = { pid: 1, startedAt: 'then' };
      const start = { project: 'shop', target: 'agent-review--inspector', key: 'old', agent: 'inspector', model: null, owner };
      await ledger.addPayment({ kind: 'start', id: 'a', at: '2026-01-01T00:00:00.000Z', run: 'old', ...start });
      await ledger.addPayment({
        kind: 'end',
        id: 'a',
        at: '2026-01-01T00:00:01.000Z',
        ended: 'completed',
        costUsd: 11,
        costSource: null,
        usage: [],
      });
    });

    it('goes on when more was spent on the project, over all times, than one issue may cost', async () => {
      limit({ issueUsd: 10 });
      expect(await review(linked())).toBe(true);
      expect(lines().filter((line) => line.includes('budgets.'))).toEqual([]);
    });

    it('ends when one command may cost nothing', async () => {
      limit({ runUsd: 0 });
      expect(await review(linked())).toBe(false);
      expect(lines().at(-1)).toContain('for this command ("budgets.runUsd") is used up');
    });

    it('needs none where nothing is to be reviewed', async () => {
      limit({ runUsd: 0 });
      expect(await review(linked(), 'cellar')).toBe(true);
      expect(lines().at(-1)).toBe('nothing to review');
    });
  });
});

const { exclude } = parseSettings([]).review;

describe('files that patterns leave out of reviews', () => {
  it.each(['package-lock.json', 'libs/a/pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'Cargo.lock', 'web/app.min.js', '.x/y.css.map'])(
    'are lock files and minified ones: %s',
    (path) => {
      expect(exclude.some((pattern) => matchesGlob(path, pattern))).toBe(true);
    },
  );

  it.each(['my-package-lock.json.ts', 'package-lock.json/a.ts', 'src/app.ts', 'yarn.lock.md', 'yarn\u200b.lock'])(
    'are not others: %s',
    (path) => {
      expect(exclude.filter((pattern) => matchesGlob(path, pattern))).toEqual([]);
    },
  );

  it.each([
    ['src/gen/a.ts', 'src/gen/**', true],
    ['b/src/gen/a.ts', 'src/gen/**', false],
    ['b/c/a.snap', '*.snap', true],
    ['.hidden/a.snap', '**/*.snap', true],
    ['src/gen/b.ts', '{lib,src}/gen/*.ts', true],
    ['#a.ts', '#a.ts', true],
  ])('are %s by %s: %s', (path, pattern, expected) => {
    expect(matchesGlob(path, pattern)).toBe(expected);
  });
});
