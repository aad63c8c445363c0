import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { storeChanges, UserError, type Finding, type ReviewPlace } from '@nx-fleet/core';
import { createHost } from '@nx-fleet/host';
import type { Adapters } from '../../adapters.js';
import { useShownOutput, writtenBy } from '../shown-output.fixture.js';
import { publishReviewExecutor } from './executor.js';
import type { PublishReviewExecutorSchema } from './schema.js';

const { root, lines } = useShownOutput();
const [TREE, BASE_TREE, COMMIT] = ['a'.repeat(40), 'b'.repeat(40), 'c'.repeat(40)];
const FAULT: Finding = {
  category: 'correctness',
  severity: 'high',
  confidence: 0.8,
  title: 'Null is not handled',
  body: 'It may be null.',
  file: 'src/app.ts',
  startLine: 10,
  endLine: 12,
  recommendation: '',
};

function review(findings: readonly Finding[]): object {
  const said = { reviewer: 'codex', vendor: 'codex', model: null, verdict: 'approve', summary: '', ungrounded: [] };
  return { $schema: '', version: 1, tree: TREE, baseTree: BASE_TREE, ...said, findings };
}

interface Run {
  /** What the reviews of project `a` have found; null where it has no verdict. */
  readonly found: readonly Finding[] | null;
  readonly env?: Readonly<Record<string, string>>;
  readonly place?: ReviewPlace | UserError;
  readonly options?: PublishReviewExecutorSchema;
  /** @default none */
  readonly ignoreFile?: string;
}

async function placeOf(place: ReviewPlace | UserError): Promise<ReviewPlace> {
  if (place instanceof UserError) throw place;
  return place;
}

async function publish({
  found,
  env = {},
  place = { kind: 'nowhere', why: 'the change comes from a fork' },
  options = {},
  ignoreFile,
}: Run): Promise<boolean> {
  const host = createHost({ workspaceRoot: root(), env, registryDirectory: join(root(), 'registry') });
  const changes = { base: COMMIT, head: COMMIT, baseTree: BASE_TREE, tree: TREE, skipped: ['docs'] };
  const change = { project: 'a', baseTree: BASE_TREE, tree: TREE };
  await storeChanges({ ...changes, changes: [change] }, (name) => name, { fleetProject: 'fleet', artifacts: host.artifacts });
  if (found !== null) await host.artifacts.write('a', 'agent-review--codex', 'review.json', JSON.stringify(review(found)));
  const git = {
    locate: async () => ({ mainWorktree: root(), currentWorktree: root(), commonDirectory: `${root()}/.git` }),
    readFile: async () => ignoreFile ?? null,
    diff: async () => '',
    changedFiles: async () => [],
    resolveCommit: async () => COMMIT,
    mergeBase: async () => COMMIT,
    defaultBranch: async () => 'main',
    isAncestor: async () => true,
  };
  const adapters = { git, host, reviewPlace: () => placeOf(place) } as unknown as Adapters;
  const context = { root: root(), projectGraph: { nodes: {}, dependencies: {} }, nxJsonConfiguration: {} } as unknown as ExecutorContext;
  return (await publishReviewExecutor(options, context, adapters)).success;
}

describe('publish-review', () => {
  it('fails on a finding that blocks, whatever the verdict says of it, and says why in the last line', async () => {
    expect(await publish({ found: [FAULT] })).toBe(false);
    expect(lines()).toEqual([
      'BLOCKS    high      src/app.ts:10  Null is not handled  [a: codex]  8307e06f1413',
      'Not reviewed, by "review.projects": docs',
      'No comment is written: the change comes from a fork.',
      'Failed: 1 blocking finding',
    ]);
  });

  it('fails where a project has no review', async () => {
    expect(await publish({ found: null })).toBe(false);
    expect(lines().at(-1)).toBe('Failed: no valid review of this change for a: nx run-many -t agent-review -p a');
  });

  it('passes where nothing blocks', async () => {
    expect(await publish({ found: [{ ...FAULT, severity: 'low' }] })).toBe(true);
    expect(lines().at(0)).toMatch(/^note {6}low/);
    expect(lines().at(-1)).toBe('Passed: nothing blocks in 1 project');
  });

  it('shows findings beside their lines on GitHub, and nowhere else', async () => {
    const written = await writtenBy(() => publish({ found: [FAULT], env: { GITHUB_ACTIONS: 'true' } }));
    expect(written).toMatch(/^::error file=src\/app\.ts,line=10,endLine=12,title=[^\n]+\n$/);
    expect(await writtenBy(() => publish({ found: [FAULT] }))).toBe('');
  });

  it('lets no finding speak to the runner, but in its annotation', async () => {
    const found = [{ ...FAULT, title: '##[add-mask]e', body: '::stop-commands::x' }];
    const written = await writtenBy(() => publish({ found, env: { GITHUB_ACTIONS: 'true' } }));
    expect(written).toMatch(/^::error file=[^\n]+::::stop-commands::x%0A%0Anx-fleet [0-9a-f]{12}\n$/);
    expect(lines()[0]).toContain('## [add-mask]e');
    expect(lines().filter((line) => line.includes('##['))).toEqual([]);
  });

  it('prints JSON on one line, and nothing else', async () => {
    const written = await writtenBy(() => publish({ found: [FAULT], env: { GITHUB_ACTIONS: 'true' }, options: { json: true } }));
    expect(written.split('\n')).toHaveLength(2);
    expect(JSON.parse(written)).toMatchObject({ verdict: 'request-changes', findings: [{ project: 'a' }], comment: { kind: 'nowhere' } });
    expect(lines()).toEqual([]);
  });

  it.each([
    [[FAULT], 'Failed: 1 blocking finding'],
    [[], 'Passed: nothing blocks in 1 project'],
  ])('decides by the findings where no place for a comment can be found, and says why: %#', async (found, last) => {
    const place = new UserError('The GitLab API "http://gitlab.local" is not https.');
    expect(await publish({ found, place })).toBe(found.length === 0);
    expect(lines().slice(-2)).toEqual(['No comment is written: The GitLab API "http://gitlab.local" is not https.', last]);
    expect(existsSync(join(root(), '.nx-fleet/out/fleet/publish-review/review.sarif'))).toBe(true);
  });

  it('says what became of the comment', async () => {
    const said: string[] = [];
    const place: ReviewPlace = {
      kind: 'pull-request',
      comments: {
        place: 'acme/shop#12',
        readThread: async () => ({ own: [], replies: [] }),
        create: async (body) => void said.push(body),
        update: async () => undefined,
        remove: async () => undefined,
      },
    };
    await publish({ found: [FAULT], place });
    expect(lines()).toContain('Comment on acme/shop#12: created.');
    expect(said).toEqual([expect.stringContaining('Null is not handled')]);
    await publish({ found: [], place });
    expect(lines()).toContain('No comment on acme/shop#12: there is nothing to say.');
  });

  it('names entries of the ignore file that have expired, and some of those that match nothing', async () => {
    const entry = (index: number, expires: string) => ({ fingerprint: String(index).padStart(12, '0'), reason: 'Meant so.', expires });
    const now = Date.now();
    const inAMonth = new Date(now + 30 * 86_400_000).toISOString().slice(0, 10);
    const findings = [entry(0, '2020-01-01'), ...Array.from({ length: 12 }, (_, index) => entry(index + 1, inAMonth))];
    await publish({ found: [], ignoreFile: JSON.stringify({ version: 1, findings }) });
    expect(lines()).toContain('Expired in nx-fleet-ignore.json: 000000000000');
    expect(lines().find((line) => line.startsWith('Matches nothing'))).toMatch(/ 000000000001, .+, 000000000010 and 2 more$/);
  });
});
