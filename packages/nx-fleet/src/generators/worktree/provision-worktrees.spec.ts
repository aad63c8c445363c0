import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSettings, planWorktree, UserError, type WorktreePlan } from '@nx-fleet/core';
import { createAdapters, type Adapters } from '../../adapters.js';
import { useShownOutput } from '../../executors/shown-output.fixture.js';
import { provisionWorktrees } from './provision-worktrees.js';

const { root: folder, lines } = useShownOutput();
const settings = parseSettings([{ file: 'nx.json', value: { database: { type: 'none' }, worktrees: { spares: 0 } } }]);

describe('provisioning several issues', () => {
  const main = (): string => join(folder(), 'main');
  let adapters: Adapters;
  let plans: readonly WorktreePlan[];

  beforeEach(() => {
    const variables = { PATH: process.env['PATH'] ?? '', HOME: folder(), GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
    const git = (...args: readonly string[]): string =>
      execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=a@b', ...args], {
        cwd: main(),
        env: variables,
        encoding: 'utf8',
      }).trim();
    mkdirSync(main());
    git('init', '-q', '-b', 'main');
    writeFileSync(join(main(), '.gitignore'), '/.nx-fleet/\n.env.local\n');
    git('add', '-A');
    git('commit', '-q', '-m', 'first');
    adapters = createAdapters(main(), settings, { ...variables, NX_FLEET_HOME: join(folder(), 'fleet-home') });
    const base = git('rev-parse', 'HEAD');
    plans = ['1', '2', '3'].map((reference) =>
      planWorktree({
        issue: { reference, title: `Fruit ${reference}`, body: '', state: 'open', url: null, blockedBy: [] },
        tracker: { type: 'markdown', reference },
        again: false,
        base,
        blockedBy: [],
        worktreesDirectory: join(folder(), 'worktrees'),
        existing: null,
      }),
    );
  });

  const provision = async (some: readonly WorktreePlan[]): Promise<unknown> =>
    provisionWorktrees(some, { location: await adapters.git.locate(), settings }, adapters).catch((error: unknown) => error);

  async function ready(): Promise<readonly string[]> {
    const claims = await adapters.host.registry.read();
    return claims.flatMap(({ project, state }) => (state === 'ready' ? [project] : [])).sort();
  }

  it('makes all whose manifest could be written, and names the other', async () => {
    const [first, second, third] = plans as [WorktreePlan, WorktreePlan, WorktreePlan];
    const refused = await provision([first, { ...second, manifest: { ...second.manifest, round: 0 } }, third]);
    expect(await ready()).toEqual(['issue-1', 'issue-3']);
    expect(refused).toBeInstanceOf(UserError);
    expect(String(refused)).toMatch(/issue-2: ".+issue\.json" is not valid at "round"/);
  });

  it('writes the steps to a log of each issue, and shows them on a terminal only', async () => {
    await provision(plans);
    expect(lines()).toEqual([]);
    expect(readFileSync(join(main(), '.nx-fleet/local/logs/issue-1.log'), 'utf8')).toBe('checking out issue/1-fruit-1\nready\n');
  });

  it('makes them also when the disk is at fault, and throws that on', async () => {
    mkdirSync(join(main(), '.nx-fleet/issues'), { recursive: true });
    writeFileSync(join(main(), '.nx-fleet/issues/issue-2'), 'in the way');
    expect(await provision(plans)).toMatchObject({ code: expect.stringMatching(/^(ENOTDIR|EEXIST)$/) as string });
    expect(await ready()).toEqual(['issue-1', 'issue-3']);
  });
});
