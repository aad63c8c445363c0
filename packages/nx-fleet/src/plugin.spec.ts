import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ProjectConfiguration } from '@nx/devkit';
import { manifest } from './graph/manifest.fixture.js';
import { createNodesV2, preTasksExecution } from './plugin.js';

const manifestFile = (project: string): string => `.nx-fleet/issues/${project}/issue.json`;

describe('the plugin', () => {
  let root = '';

  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'nx-fleet-plugin-')));
    write('nx.json', '{}');
    write('package.json', JSON.stringify({ workspaces: ['packages/*'] }));
    write('packages/catalog/package.json', JSON.stringify({ name: 'catalog' }));
    write(manifestFile('issue-1'), JSON.stringify({ ...manifest, project: 'issue-1' }));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function write(file: string, text: string | Buffer): void {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }

  /** All projects by root. */
  async function graph(options: object = {}, ...more: readonly string[]): Promise<Record<string, Partial<ProjectConfiguration>>> {
    const files = ['nx.json', 'package.json', 'packages/catalog/package.json', manifestFile('issue-1'), ...more];
    const nodes = await createNodesV2[1](files, options, { workspaceRoot: root, nxJsonConfiguration: {} });
    return Object.fromEntries(nodes.flatMap(([, { projects = {} }]) => Object.entries(projects)));
  }

  const isFailing = ({ targets = {} }: Partial<ProjectConfiguration> = {}): boolean =>
    Object.values(targets).length > 5 && Object.values(targets).every(({ cache, dependsOn }) => cache === false && dependsOn?.length === 0);

  it.each<[string, string | Buffer]>([
    ['an unknown key', '{"chekcs": []}'],
    ['a cut one', '{"checks": ['],
    ['bytes', Buffer.from([0, 159, 146, 150, 0])],
    ['a list', '[]'],
    ['an empty one', ''],
    ['a huge one', `{"tracker": "${'x'.repeat(1_100_000)}"}`],
    ['options of the wrong type', '{"agents": {"reviewers": "codex"}, "names": {"fleetProject": "crew"}}'],
  ])('has targets of its own that fail, and no others, for nx-fleet.json with %s', async (what, text) => {
    write('nx-fleet.json', text);
    const { '.nx-fleet': fleet, '.nx-fleet/issues/issue-1': issue, 'packages/catalog': catalog } = await graph();
    expect([isFailing(fleet), isFailing(issue), catalog]).toEqual([true, true, undefined]);
    expect(fleet?.name).toBe(what.startsWith('options') ? 'crew' : 'fleet');
    expect(Object.keys(fleet?.targets ?? {})).toEqual(expect.arrayContaining(['doctor', 'agent-review', 'publish-review']));
  });

  it('does the same for options in nx.json, a folder and a link in a circle', async () => {
    expect(isFailing((await graph({ chekcs: [] }))['.nx-fleet/issues/issue-1'])).toBe(true);
    mkdirSync(join(root, 'nx-fleet.json'));
    expect(isFailing((await graph())['.nx-fleet'])).toBe(true);
    rmSync(join(root, 'nx-fleet.json'), { recursive: true });
    symlinkSync('nx-fleet.json', join(root, 'nx-fleet.json'));
    expect(isFailing((await graph())['.nx-fleet'])).toBe(true);
  });

  it('ends no command of Nx before its tasks', () => {
    write('nx-fleet.json', '{"chekcs": []}');
    const env = { ...process.env };
    expect(() => preTasksExecution({}, { id: '', workspaceRoot: root, nxJsonConfiguration: {}, argv: [] })).not.toThrow();
    process.env = env;
  });

  it.each<[string, string | Buffer]>([
    ['a cut one', '{"version": 1, "project": "iss'],
    ['one of another version', JSON.stringify({ ...manifest, project: 'issue-2', version: 9 })],
    ['one with the name of another issue', JSON.stringify({ ...manifest, project: 'issue-1' })],
    ['an empty one', ''],
  ])("fails one issue's targets only for its issue.json, %s", async (_, text) => {
    write(manifestFile('issue-2'), text);
    const { '.nx-fleet/issues/issue-1': one, '.nx-fleet/issues/issue-2': other } = await graph({}, manifestFile('issue-2'));
    expect([isFailing(one), one?.name]).toEqual([false, 'issue-1']);
    expect([isFailing(other), other?.name]).toEqual([true, 'issue-2']);
  });

  it('reads a byte order mark past, and leaves out what is gone or has no name of an issue', async () => {
    write('nx-fleet.json', `\uFEFF{"names": {"fleetProject": "crew"}}`);
    write(manifestFile('issue-1'), `\uFEFF${JSON.stringify({ ...manifest, project: 'issue-1' })}`);
    write(manifestFile('Issue 3'), '{}');
    const projects = await graph({}, manifestFile('issue-2'), manifestFile('Issue 3'));
    expect(isFailing(projects['.nx-fleet/issues/issue-1'])).toBe(false);
    expect(projects['.nx-fleet']?.name).toBe('crew');
    expect(Object.keys(projects).filter((key) => key.startsWith('.nx-fleet/issues'))).toEqual(['.nx-fleet/issues/issue-1']);
  });

  it("gives the repository's own projects no target until it is told to review them", async () => {
    expect((await graph())['packages/catalog']).toBeUndefined();
    expect((await graph({ review: { projects: ['*'] } }))['packages/catalog']?.targets).toHaveProperty('agent-review');
  });

  it('is not stopped by what package managers or Nx would complain of', async () => {
    write('pnpm-workspace.yaml', 'packages: [');
    write('lerna.json', '{');
    expect((await graph({ review: { projects: ['catalog'] } }))['packages/catalog']?.targets).toHaveProperty('agent-review');
  });

  it('fails the targets of what it may not read', async () => {
    chmodSync(join(root, manifestFile('issue-1')), 0);
    expect(isFailing((await graph())['.nx-fleet/issues/issue-1'])).toBe(process.getuid?.() !== 0);
  });
});
