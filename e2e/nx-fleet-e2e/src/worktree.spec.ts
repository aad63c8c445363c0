import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { allocations, filesBelow, fleetState } from './workspace/fleet-state.js';
import { createShop, query, worktreeOf } from './workspace/shop.js';
import { succeed, type Workspace } from './workspace/workspace.js';

const NASTY_TITLE = `--force $(touch pwned) \`touch pwned\`\\n\\e[31mred\\e[0m \u{1F34F} ${'very '.repeat(60)}long`;
const ISSUES = {
  'docs/issues/1.md': '# One apple\n\nAn apple.\n',
  'docs/issues/2.md': '# Two pears\n\nPears.\n',
  'docs/issues/3.md': '---\nblocked-by: 1\n---\n# Three figs\n\nFigs.\n',
  'docs/issues/4.md': `---\ntitle: "${NASTY_TITLE}"\n---\n\nNasty.\n`,
  'docs/issues/5.md': '# Five limes\n\nLimes.\n',
};
const THREE = ['issue-1', 'issue-2', 'issue-3'];

describe('nx g worktree', () => {
  let workspace: Workspace;
  let output: string;
  const variable = (project: string, name: string): string =>
    new RegExp(`^${name}='?(.*?)'?$`, 'm').exec(readFileSync(join(worktreeOf(workspace, project), '.env.local'), 'utf8'))?.[1] ?? '';
  const manifest = (project: string): Record<string, unknown> =>
    JSON.parse(workspace.read(`.nx-fleet/issues/${project}/issue.json`)) as Record<string, unknown>;

  beforeAll(async () => {
    workspace = await createShop(ISSUES);
  });

  afterAll(() => workspace.removeAtRest());

  it('shows the plan and changes nothing with --dry-run', async () => {
    const before = await fleetState(workspace);
    const planned = await succeed(workspace.nx('g', 'worktree', '--issue=1,2,3', '--dry-run'));
    expect(planned.output).toMatch(/issue-1 +issue\/1-one-apple +[0-9a-f]{8} /);
    expect(planned.output).toMatch(/issue-3 +issue\/3-three-figs +[0-9a-f]{8} .* issue-1\n/);
    expect(await fleetState(workspace)).toEqual(before);
    expect(existsSync(join(workspace.folder, 'fleet-home'))).toBe(false);
  });

  it('takes the number of a file for the file, after which an issue starts too', async () => {
    for (const name of ['71-figs', '72-dates']) workspace.write(`docs/issues/${name}.md`, `# ${name}\n`);
    const { output: plan } = await succeed(workspace.nx('g', 'worktree', '--issue=71,72', '--after=71', '--dry-run'));
    expect(plan).toMatch(/issue-72-dates .* issue-71-figs\n/);
    expect(plan).toMatch(/issue-71-figs .* - *\n/);
    for (const name of ['71-figs', '72-dates']) rmSync(join(workspace.root, `docs/issues/${name}.md`));
  });

  it('makes three worktrees at once, each ready to work in', async () => {
    ({ output } = await succeed(workspace.nx('g', 'worktree', '--issue=1,2,3')));
    for (const project of THREE) {
      const worktree = worktreeOf(workspace, project);
      expect(await workspace.git('-C', worktree, 'status', '--porcelain')).toBe('');
      expect(await workspace.git('-C', worktree, 'branch', '--show-current')).toBe(manifest(project)['branch']);
      expect(readFileSync(join(worktree, 'node_modules/.setup-runs'), 'utf8')).toBe(`${variable(project, 'PORT')}\n`);
      expect(readFileSync(join(worktree, 'node_modules/.smoke'), 'utf8')).toBe('24.0.6');
      expect(statSync(join(worktree, '.env.local')).mode & 0o777).toBe(0o600);
      expect(variable(project, 'NX_FLEET_PROJECT')).toBe(project);
    }
    expect(allocations(workspace).map(({ project, state }) => [project, state])).toEqual(THREE.map((project) => [project, 'ready']));
  });

  it('gives each its own ports', () => {
    const ports = THREE.flatMap((project) => ['PORT', 'API_PORT', 'DEBUG_PORT'].map((name) => Number(variable(project, name))));
    expect(ports.every((port) => port >= 20_000 && port < 30_000)).toBe(true);
    expect(new Set(ports).size).toBe(ports.length);
  });

  it('gives each its own copy of the database', () => {
    const copy = join(worktreeOf(workspace, 'issue-1'), 'data/shop.db');
    expect(variable('issue-1', 'DATABASE_URL')).toBe(`file:${copy}`);
    query(copy, "INSERT INTO fruit VALUES ('pear')");
    const rows = (file: string): unknown => query(file, 'SELECT name FROM fruit');
    expect(rows(copy)).toEqual([['apple'], ['pear']]);
    expect(rows(join(workspace.root, 'data/shop.db'))).toEqual([['apple']]);
    expect(rows(join(worktreeOf(workspace, 'issue-2'), 'data/shop.db'))).toEqual([['apple']]);
  });

  it('prints a table and the next command', () => {
    for (const project of THREE) {
      expect(output).toMatch(
        new RegExp(
          `${project} +issue/\\S+ +${worktreeOf(workspace, project)} +http://localhost:${variable(project, 'PORT')} +sqlite data/shop.db +[\\d.]+ `,
        ),
      );
    }
    expect(output).toContain('Next: nx run-many -t agent-review -p issue-1,issue-2,issue-3');
  });

  it('makes a blocker of the tracker an edge of the graph', async () => {
    const project = JSON.parse((await succeed(workspace.nx('show', 'project', 'issue-3', '--json'))).stdout) as {
      implicitDependencies: string[];
    };
    expect(project.implicitDependencies).toEqual(['issue-1']);
  });

  it('changes nothing when run again, from a sub-folder; --open says how to enter', async () => {
    const before = await fleetState(workspace);
    const again = await succeed(
      workspace.startNx(['g', 'worktree', '--issue=1,2,3', '--open'], { cwd: join(workspace.root, 'docs/issues') }).finished,
    );
    expect(again.output.match(/was there$/gm)).toHaveLength(3);
    expect(again.output).toContain(`cd "${worktreeOf(workspace, 'issue-2')}" && `);
    expect(await fleetState(workspace)).toEqual(before);
  });

  it('refuses to run in a linked worktree, and names the main one', async () => {
    const refused = await workspace.startNx(['g', 'worktree', '--issue=5'], { cwd: worktreeOf(workspace, 'issue-1') }).finished;
    expect(refused.exitCode).not.toBe(0);
    expect(refused.output).toContain(`is a linked worktree; issues are kept in the main one. Run this there: cd "${workspace.root}"`);
  });

  it('takes base, branch and blockers from the command line', async () => {
    const first = await workspace.git('rev-parse', 'HEAD');
    await workspace.git('commit', '-q', '--allow-empty', '-m', 'second');
    await succeed(workspace.nx('g', 'worktree', '--issue=5', `--base=${first}`, '--branch=feature/limes', '--after=2'));
    expect(manifest('issue-5')).toMatchObject({ base: first, branch: 'feature/limes', blockedBy: ['issue-2'] });
    expect(await workspace.git('-C', worktreeOf(workspace, 'issue-5'), 'rev-parse', 'HEAD')).toBe(first);
  });

  it.each(['--evil', 'a..b', 'x; touch pwned'])('refuses the branch name "%s"', async (branch) => {
    const before = await fleetState(workspace);
    const refused = await workspace.nx('g', 'worktree', '--issue=4', `--branch=${branch}`);
    expect(refused.exitCode).not.toBe(0);
    expect(refused.output).toContain(`"${branch}" is not a branch name that git takes`);
    expect(await fleetState(workspace)).toEqual(before);
  });

  it('runs nothing of a title, and puts only plain words of it into names', async () => {
    const made = await succeed(workspace.nx('g', 'worktree', '--issue=4'));
    expect(made.output).not.toContain('\u001B');
    expect(manifest('issue-4')['branch']).toMatch(/^issue\/4-force-touch-pwned-touch-pwned-red(-very)*$/);
    expect(manifest('issue-4')['title']).toMatch(/^--force \$\(touch pwned\) `touch pwned` red \u{1F34F} very .*…$/u);
    expect([...filesBelow(workspace.folder).keys()].filter((file) => file.endsWith('pwned'))).toEqual([]);
  });

  it('refuses a place where someone has a folder', async () => {
    workspace.write('docs/issues/6.md', '# Six plums\n');
    mkdirSync(worktreeOf(workspace, 'issue-6'));
    const refused = await workspace.nx('g', 'worktree', '--issue=6');
    expect(refused.exitCode).not.toBe(0);
    expect(refused.output).toContain(`"${worktreeOf(workspace, 'issue-6')}" exists already and is not the worktree of "issue-6"`);
  });
});
