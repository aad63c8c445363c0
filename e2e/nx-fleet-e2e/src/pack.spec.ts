import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { NX_VERSIONS } from './versions.js';
import type { Finished } from './workspace/processes.js';
import { SCRIPTED_FILES } from './workspace/scripted-agents.js';
import { createWorkspace, succeed, type Workspace } from './workspace/workspace.js';

const PACKAGE = join(import.meta.dirname, '../../../packages/nx-fleet');

interface PackageJson {
  readonly devDependencies: Readonly<Record<string, string>>;
}

interface PackageLock {
  readonly packages: Readonly<Record<string, { readonly resolved?: string }>>;
}

describe('the packed package', () => {
  let workspace: Workspace;
  /** With the plugin in a process of its own, as Nx has it by itself. */
  const nx = (...args: string[]): Promise<Finished> => workspace.startNx(args, { env: { NX_ISOLATE_PLUGINS: 'true' } }).finished;
  let tarball: string;

  beforeAll(async () => {
    workspace = await createWorkspace({
      ...NX_VERSIONS[1],
      files: { ...SCRIPTED_FILES, 'docs/issues/1.md': '# One apple\n\nAn apple.\n' },
      hasPlugin: false,
    });
    const destination = join(workspace.parent, 'tarballs');
    mkdirSync(destination);
    const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', destination];
    const { stdout } = await succeed(workspace.run('npm', args, { cwd: PACKAGE }));
    tarball = stdout.trim();
  });

  afterAll(() => workspace.remove());

  it('holds what is needed at run time, and no source, spec or build state', async () => {
    const { stdout } = await succeed(workspace.run('tar', ['-tzf', join(workspace.parent, 'tarballs', tarball)]));
    const files = stdout.trim().split('\n');
    expect(files).toEqual(expect.arrayContaining(['package/package.json', 'package/dist/index.js', 'package/dist/index.d.ts']));
    expect(files.filter((file) => /\/src\/|\.spec\.|\.contract\.|\.fixture\.|\/fake-|tsbuildinfo|out-tsc|node_modules/.test(file))).toEqual(
      [],
    );
  });

  it('is all that a workspace installs of ours', async () => {
    const manifest = JSON.parse(workspace.read('package.json')) as PackageJson;
    const devDependencies = { ...manifest.devDependencies, 'nx-fleet': `file:../tarballs/${tarball}` };
    workspace.write('package.json', `${JSON.stringify({ ...manifest, devDependencies }, null, 2)}\n`);
    await succeed(workspace.run('npm', ['install', '--no-audit', '--no-fund']));
    const { packages } = JSON.parse(workspace.read('package-lock.json')) as PackageLock;
    const ours = Object.entries(packages).filter(([path]) => /nx-fleet(?:\/[a-z]+)?$/.test(path));
    expect(ours).toEqual([['node_modules/nx-fleet', expect.objectContaining({ resolved: expect.stringMatching(/^file:/) })]]);
  });

  it('takes an issue to an approved review', async () => {
    await succeed(nx('g', 'nx-fleet:init'));
    await workspace.git('add', '-A');
    await workspace.git('commit', '-qm', 'first');
    await succeed(nx('g', 'worktree', '--issue=1'));
    const { output } = await succeed(nx('run', 'issue-1:agent-review'));
    expect(output).toContain('Verdict: approved');
    expect(readdirSync(join(workspace.root, '.nx-fleet/out/issue-1/agent-review')).toSorted()).toEqual([
      'review.md',
      'review.sarif',
      'verdict.json',
    ]);
  });
});
