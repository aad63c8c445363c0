import { join } from 'node:path';
import { NEWEST_NX } from './versions.js';
import { startGitHub, type CommentRow, type LoopbackGitHub } from './workspace/loopback-github.js';
import type { Finished } from './workspace/processes.js';
import { SCRIPTED_FILES, scriptedOptions } from './workspace/scripted-agents.js';
import { createFleet, succeed, type Workspace } from './workspace/workspace.js';

const TOKEN = 'ghp_thisIsTheSecretOfThisSuite0123456789';
const HERE = { full_name: 'acme/shop' };
const PROJECTS = Object.fromEntries(
  ['a', 'c'].flatMap((name) => [
    [`packages/${name}/project.json`, `${JSON.stringify({ name })}\n`],
    [`packages/${name}/work-${name}.txt`, `${name}\n`],
  ]),
);

describe('what the reviews of a change say on its pull request', () => {
  let workspace: Workspace;
  let github: LoopbackGitHub;
  const outputs: string[] = [];

  /** A run of GitHub Actions for pull request 12: the reviews, then the report. */
  async function pipeline(head: object = { repo: HERE }): Promise<Finished> {
    await nx(['affected', '-t', 'agent-review']);
    return publish(head);
  }
  async function publish(head: object = { repo: HERE }, ...args: string[]): Promise<Finished> {
    const event = join(workspace.folder, 'event.json');
    await workspace.run('node', ['-e', 'fs.writeFileSync(process.argv[1], process.argv[2])', event, JSON.stringify(eventOf(head))]);
    const actions = { GITHUB_ACTIONS: 'true', GITHUB_EVENT_PATH: event, GITHUB_REPOSITORY: 'acme/shop', GITHUB_TOKEN: TOKEN };
    return nx(['run', 'fleet:publish-review', ...args], { ...actions, GITHUB_API_URL: apiUrl() });
  }
  const eventOf = (head: object): object => ({ pull_request: { number: 12, head, base: { repo: HERE } } });
  const apiUrl = (): string => (github.tracker as { apiUrl: string }).apiUrl;
  async function nx(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
    const finished = await workspace.startNx(args, { env: { NX_BASE: 'main', NX_HEAD: 'HEAD', ...env } }).finished;
    outputs.push(finished.output);
    return finished;
  }
  async function push(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [file, text] of Object.entries(files)) workspace.write(file, text);
    await workspace.git('add', '-A');
    await workspace.git('commit', '-qm', 'change');
  }
  const lastLine = ({ output }: Finished): string => output.split('\n').findLast((line) => /^(Passed|Failed): /.test(line)) ?? '';
  const ours = (): CommentRow | undefined => github.comments.find(({ author }) => author === 'fleet-bot');
  /** The fingerprint of the finding in a file, as the comment shows it. */
  const nameIn = (file: string): string => new RegExp(`\`${file}:1\`, \`([0-9a-f]{12})\``).exec(ours()?.body ?? '')?.[1] ?? '';

  beforeAll(async () => {
    github = await startGitHub();
    workspace = await createFleet({
      ...NEWEST_NX,
      files: { ...SCRIPTED_FILES, ...PROJECTS, 'nx-fleet.json': scriptedOptions({ review: { projects: ['*'] } }) },
    });
    await workspace.git('switch', '-qc', 'work');
  });

  afterAll(async () => {
    workspace.remove();
    await github.stop();
  });

  it('is one comment, annotations and files, and a command that fails', async () => {
    await push({ 'packages/a/work-a.txt': 'a has a BUG\n', 'packages/c/work-c.txt': 'c has a BUG\n' });
    const finished = await pipeline();
    expect(finished.exitCode).not.toBe(0);
    expect(lastLine(finished)).toBe('Failed: 2 blocking findings');
    expect(finished.output).toMatch(/^::error file=packages\/a\/work-a\.txt,line=1,endLine=1,title=high%3A A planted bug::It says BUG\./m);
    expect(github.writes).toEqual(['POST issues/12/comments']);
    expect(ours()?.body).toContain('changes requested');
    const sarif = JSON.parse(workspace.read('.nx-fleet/out/fleet/publish-review/review.sarif')) as { runs: [{ results: unknown[] }] };
    expect(sarif.runs[0].results).toHaveLength(2);
    expect(JSON.parse(workspace.read('.nx-fleet/out/fleet/publish-review/gl-code-quality-report.json'))).toHaveLength(2);
  });

  it('is written only when there is something else to say', async () => {
    await pipeline();
    await publish();
    expect(github.writes).toHaveLength(1);
    await push({ 'packages/a/work-a.txt': 'a is fixed\n' });
    expect(lastLine(await pipeline())).toBe('Failed: 1 blocking finding');
    expect(github.writes.slice(1)).toEqual([`PATCH issues/comments/${ours()?.id}`]);
    expect(ours()?.body).toMatch(/Resolved: 1<[^]*~~A planted bug~~ \(`packages\/a\/work-a\.txt:1`/);
    expect(github.comments.filter(({ author }) => author === 'fleet-bot')).toHaveLength(1);
  });

  it('follows a reply of who may write, and of nobody else', async () => {
    const name = nameIn('packages/c/work-c.txt');
    github.reply(12, { author: 'eve', association: 'CONTRIBUTOR', body: `nx-fleet dismiss ${name} mine` });
    expect(lastLine(await publish())).toBe('Failed: 1 blocking finding');
    expect(ours()?.body).toContain('eve has no write access here');
    github.reply(12, { author: 'ada', association: 'MEMBER', body: `nx-fleet dismiss ${name} Meant so.` });
    const passed = await succeed(publish());
    expect(lastLine(passed)).toMatch(/^Passed: /);
    expect(passed.output).not.toMatch(/^::error/m);
    github.reply(12, { author: 'ada', association: 'MEMBER', body: `nx-fleet undismiss ${name}` });
    expect(lastLine(await publish())).toBe('Failed: 1 blocking finding');
  });

  it('is not silenced by an ignore file that the change itself brings', async () => {
    const inAMonth = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
    const entry = { fingerprint: nameIn('packages/c/work-c.txt'), reason: 'Meant so.', expires: inAMonth };
    await push({ 'nx-fleet-ignore.json': JSON.stringify({ version: 1, findings: [entry] }) });
    expect(lastLine(await pipeline())).toBe('Failed: 1 blocking finding');
    await workspace.git('rm', '-q', 'nx-fleet-ignore.json');
    await push({});
  });

  it('is not said on the pull request of a fork, and decides all the same', async () => {
    const before = github.writes.length;
    await push({ 'packages/a/work-a.txt': 'again a BUG\n' });
    const finished = await pipeline({ repo: { full_name: 'eve/shop' } });
    expect(finished.output).toContain('No comment is written: the change comes from a fork');
    expect([finished.exitCode === 0, lastLine(finished), github.writes.length]).toEqual([false, 'Failed: 2 blocking findings', before]);
  });

  it('lets nothing through that nobody has reviewed as it is now', async () => {
    await push({ 'packages/a/work-a.txt': 'a is fine\n', 'packages/c/work-c.txt': 'c is fine\n' });
    expect(lastLine(await publish())).toBe('Failed: no valid review of this change for a, c: nx run-many -t agent-review -p a,c');
    expect(ours()?.body).toContain('**No valid verdict on this change** for `a`, `c`');
    await succeed(pipeline());
    expect(ours()?.body).toContain('review: approved');
  });

  it('is JSON for scripts', async () => {
    const { stdout } = await succeed(publish({ repo: HERE }, '--json'));
    const line = stdout.split('\n').filter((text) => text.startsWith('{'));
    expect(line.map((text) => JSON.parse(text) as object)).toMatchObject([
      { verdict: 'approve', reviewed: ['a', 'c'], comment: { kind: 'unchanged' } },
    ]);
  });

  it('never shows the token', async () => {
    expect(outputs.filter((output) => output.includes(TOKEN))).toEqual([]);
    expect(await workspace.run('grep', ['-rlF', TOKEN, workspace.folder])).toMatchObject({ exitCode: 1, output: '' });
  });
});
