import { NEWEST_NX, TESTED_NX } from './versions.js';
import { createWorkspace, IGNORE_LINES, succeed, type Workspace } from './workspace/workspace.js';

const ISSUE = { 'docs/issues/1.md': '# One apple\n\nAn apple.\n' };
const TOUCHED = ['nx.json', 'package.json', '.gitignore', '.nxignore'];

async function commitAll(workspace: Workspace): Promise<void> {
  await workspace.git('add', '-A');
  await workspace.git('commit', '-qm', 'first');
}

describe.each(TESTED_NX)('nx add nx-fleet, on nx $nxVersion', (versions) => {
  let workspace: Workspace;
  let output: string;

  beforeAll(async () => {
    const files = { ...ISSUE, 'data/app.db': 'SQLite format 3\0', '.env': 'DATABASE_URL="file:./data/app.db"\n' };
    workspace = await createWorkspace({ ...versions, files, hasPlugin: false });
    await commitAll(workspace);
    await workspace.git('remote', 'add', 'origin', 'git@github.com:acme/shop.git');
    await workspace.git('update-ref', 'refs/remotes/origin/trunk', 'HEAD');
    ({ output } = await succeed(workspace.nx('add', 'nx-fleet')));
  });

  afterAll(() => workspace.remove());

  it('prints what it found: package manager, default branch, tracker, database, agents', () => {
    expect(output).toMatch(/package manager +npm/);
    expect(output).toMatch(/default branch +origin\/trunk/);
    expect(output).toMatch(/tracker +GitHub acme\/shop/);
    expect(output).toMatch(/database +SQLite data\/app\.db \(DATABASE_URL\)/);
    expect(output).toMatch(/claude +\S/);
    expect(output).toMatch(/codex +\S/);
    expect(output).toContain('nx g worktree --issue=');
  });

  it('registers the plugin with the options that differ from the defaults', () => {
    const { plugins } = JSON.parse(workspace.read('nx.json')) as { plugins: unknown[] };
    expect(plugins).toEqual([
      {
        plugin: 'nx-fleet/plugin',
        options: expect.objectContaining({ tracker: { type: 'github' }, database: { type: 'sqlite', file: 'data/app.db' } }),
      },
    ]);
  });

  it("writes the ignore lines: git ignores the state and the worktrees' secrets, Nx sees the manifests", () => {
    expect(workspace.read('.gitignore')).toBe(`node_modules\n.nx\n${IGNORE_LINES['.gitignore']}`);
    expect(workspace.read('.nxignore')).toBe(IGNORE_LINES['.nxignore']);
  });

  it('changes no byte the second time', async () => {
    const before = TOUCHED.map((file) => workspace.read(file));
    const status = await workspace.git('status', '--porcelain');
    const again = await succeed(workspace.nx('g', 'nx-fleet:init'));
    expect(again.output).toContain('nx-fleet was set up already');
    expect(TOUCHED.map((file) => workspace.read(file))).toEqual(before);
    expect(await workspace.git('status', '--porcelain')).toBe(status);
  });

  it('prints the status as JSON on a line of its own', async () => {
    const { stdout } = await succeed(workspace.nx('run', 'fleet:status', '--json'));
    expect(stdout.split('\n').filter((line) => line.startsWith('['))).toEqual(['[]']);
  });

  it('gives the generators their short names, and the fleet its project', async () => {
    const planned = await succeed(workspace.nx('g', 'worktree', '--issue=docs/issues/1.md', '--dry-run'));
    expect(planned.output).toMatch(/issue-1 +issue\/1-one-apple/);
    const removed = await workspace.nx('g', 'remove-worktree', '--issue=1');
    expect(removed.exitCode).not.toBe(0);
    expect(removed.output).toContain('"issue-1" does not exist here. No issue has a worktree.');
    expect((await succeed(workspace.nx('show', 'projects'))).stdout.split('\n')).toContain('fleet');
  });
});

describe('the init generator', () => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await createWorkspace({ ...NEWEST_NX, files: { '.env': 'DATABASE_URL=postgres://shop:s3cret@db.example.com/shop\n' } });
  });

  afterAll(() => workspace.remove());

  it('names the host of a database that has to be asked for, and never its password', async () => {
    const { output } = await succeed(workspace.nx('g', 'nx-fleet:init'));
    expect(output).toContain('PostgreSQL on "db.example.com"');
    expect(output).not.toContain('s3cret');
    expect(workspace.read('nx.json')).not.toContain('"database"');
  });

  it('finds the Markdown files where no remote is, and says when no default branch is known', async () => {
    const { output } = await succeed(workspace.nx('g', 'nx-fleet:init'));
    expect(output).toMatch(/tracker +Markdown files in docs\/issues/);
    expect(output).toMatch(/default branch +unknown/);
  });
});
