import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { TESTS_ALL } from './versions.js';
import { registryState, type ClaimRow } from './workspace/fleet-state.js';
import { mainWorktreeState, repositoryFaults } from './workspace/main-worktree-state.js';
import type { Finished } from './workspace/processes.js';
import { createShop, query, worktreeOf } from './workspace/shop.js';
import { worktreeFaults } from './workspace/worktree-faults.js';
import { succeed, type Workspace } from './workspace/workspace.js';

const AT_ONCE = TESTS_ALL ? 20 : 5;
const numbers = (first: number, count: number): readonly number[] => Array.from({ length: count }, (_, index) => first + index);
const ISSUES = Object.fromEntries(
  numbers(1, 2 * AT_ONCE + 4).map((number) => [`docs/issues/${number}.md`, `# Fruit ${number}\n\nA fruit.\n`]),
);

/** All but every sixteenth block is reserved: so many worktrees in so few blocks must meet. */
const RESERVED = numbers(0, 1_000)
  .filter((block) => block % 16 !== 0)
  .map((block) => 20_005 + 10 * block);

describe('many worktrees at once', () => {
  let workspace: Workspace;
  let main: object;

  const claimsOf = (root: string): readonly ClaimRow[] =>
    registryState(workspace).allocations.filter(({ repository }) => repository === join(root, '.git'));
  const portsOf = (claims: readonly ClaimRow[]): readonly number[] => claims.map(({ firstPort }) => firstPort);
  const make = (issue: number | string, ...options: string[]): Promise<Finished> =>
    workspace.nx('g', 'worktree', `--issue=${issue}`, ...options);

  /** Each is whole, on a branch of its own, with ports and a database of its own; the main worktree is as it was. */
  async function expectReady(projects: readonly string[]): Promise<void> {
    const claims = claimsOf(workspace.root);
    expect(claims.map(({ project }) => project).toSorted()).toEqual(projects.toSorted());
    const faults = await Promise.all(claims.map((claim) => worktreeFaults(claim, workspace)));
    expect(faults.flat()).toEqual([]);
    const owned: readonly (keyof ClaimRow)[] = ['firstPort', 'branch', 'worktree'];
    for (const key of owned) expect(new Set(claims.map((claim) => claim[key])).size).toBe(projects.length);
    expect(portsOf(claims).filter((port) => (port - 20_000) % 160 !== 0)).toEqual([]);
    expect((await workspace.git('worktree', 'list')).split('\n')).toHaveLength(projects.length + 1);
    expect(await mainWorktreeState(workspace)).toEqual(main);
    expect(await repositoryFaults(workspace)).toBe('');
  }

  const projectsTo = (last: number): readonly string[] => numbers(1, last).map((number) => `issue-${number}`);

  beforeAll(async () => {
    workspace = await createShop(ISSUES, { options: { ports: { reserved: RESERVED } } });
    await succeed(workspace.run('cp', ['-a', workspace.root, join(workspace.parent, 'second')], { cwd: workspace.parent }));
    await workspace.git('status');
    main = await mainWorktreeState(workspace);
  });

  afterAll(() => workspace.removeAtRest());

  it(`are made by ${AT_ONCE} commands at the same instant`, async () => {
    const finished = await Promise.all(numbers(1, AT_ONCE).map((issue) => make(issue)));
    expect(finished.filter(({ exitCode }) => exitCode !== 0).map(({ output }) => output)).toEqual([]);
    await expectReady(projectsTo(AT_ONCE));
  });

  it(`are made by one command with ${AT_ONCE} issues`, async () => {
    await succeed(make(numbers(AT_ONCE + 1, AT_ONCE).join(',')));
    await expectReady(projectsTo(2 * AT_ONCE));
  });

  it('have databases of which none sees what another writes', () => {
    const file = (project: string): string => join(worktreeOf(workspace, project), 'data/shop.db');
    for (const project of projectsTo(2 * AT_ONCE)) query(file(project), `INSERT INTO fruit VALUES ('${project}')`);
    for (const project of projectsTo(2 * AT_ONCE)) expect(query(file(project), 'SELECT name FROM fruit')).toEqual([['apple'], [project]]);
    expect(query(join(workspace.root, 'data/shop.db'), 'SELECT name FROM fruit')).toEqual([['apple']]);
  });

  it('share no port with those of another clone on the same machine', async () => {
    const second = join(workspace.parent, 'second');
    const issues = numbers(1, 4);
    const made = await Promise.all([
      ...issues.map((issue) => workspace.startNx(['g', 'worktree', `--issue=${issue}`], { cwd: second }).finished),
      ...issues.map((issue) => make(2 * AT_ONCE + issue)),
    ]);
    expect(made.filter(({ exitCode }) => exitCode !== 0).map(({ output }) => output)).toEqual([]);
    expect(
      claimsOf(second)
        .map(({ project }) => project)
        .toSorted(),
    ).toEqual(projectsTo(4));
    const ports = portsOf(registryState(workspace).allocations);
    expect(ports).toHaveLength(2 * AT_ONCE + 8);
    expect(new Set(ports).size).toBe(ports.length);
    await expectReady(projectsTo(2 * AT_ONCE + 4));
  });

  describe('where a foreign program', () => {
    const issue = 2 * AT_ONCE + 1;
    const claim = (): ClaimRow | undefined => claimsOf(workspace.root).find(({ project }) => project === `issue-${issue}`);
    let preferred = 0;

    beforeAll(async () => {
      // The block that it would have been given first may have been another's then.
      await succeed(workspace.nx('g', 'remove-worktree', `--issue=${issue}`));
      await succeed(make(issue));
      preferred = claim()?.firstPort ?? 0;
    });

    it.each(['127.0.0.1', '::1', '::'])('listens on %s, take the next block and say so', async (address) => {
      await succeed(workspace.nx('g', 'remove-worktree', `--issue=${issue}`));
      const server = await listen(preferred, address);
      const { output } = await succeed(make(issue));
      await new Promise((resolve) => server.close(resolve));
      expect(output).toContain(`port ${preferred} is in use by another program: taking the next block`);
      const made = claim();
      expect(made?.firstPort).not.toBe(preferred);
      expect(made === undefined ? ['there is no claim'] : await worktreeFaults(made, workspace)).toEqual([]);
    });
  });
});

async function listen(port: number, host: string): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, ipv6Only: host === '::' }, resolve);
  });
  return server;
}
