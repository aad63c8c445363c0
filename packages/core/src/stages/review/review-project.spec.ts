import { readChanges, storeChanges } from '../../changes/changes-artifact.js';
import { findChanges } from '../../changes/find-changes.js';
import { aFinding } from '../../review/finding.contract.js';
import { findingFingerprints } from '../../review/finding-fingerprint.js';
import { IGNORE_FILE } from '../../review/ignore-file.js';
import { gateProject } from '../gate/gate-change.js';
import { requireProjectResult, reviewProject, type ProjectReviewRequest } from './review-project.js';
import { REVIEW_TARGET, REVIEWED, stageIssue, type StagedIssue, type StagedOptions } from '../../stage/staged-issue.contract.js';

const FILES = { 'README.md': 'hello\n', 'a/one.ts': 'one\n', 'a/AGENTS.md': 'strict\n', 'b/two.ts': 'two\n' };
const approval = JSON.stringify({ verdict: 'approve', summary: 'Fine.', findings: [] });
const REQUEST: ProjectReviewRequest = {
  base: 'main',
  head: 'work',
  rest: 'fleet',
  fleetProject: 'fleet',
  projects: [
    { name: '@shop/a', root: 'a', dependencies: [], reviewedBy: 'itself' },
    { name: 'b', root: 'b', dependencies: ['@shop/a'], reviewedBy: 'none' },
    { name: 'fleet', root: '.nx-fleet', dependencies: [], reviewedBy: 'itself' },
  ],
};

/** A branch `work` that sets files. */
async function pushed(files: Readonly<Record<string, string>>, options: StagedOptions = {}): Promise<StagedIssue> {
  const staged = await stageIssue({ git: { files: FILES }, agent: () => approval, ...options });
  push(staged, files);
  await change(staged);
  return staged;
}

function push({ git }: StagedIssue, files: Readonly<Record<string, string>>): void {
  git.refs.set('refs/heads/work', git.commit([git.root], { ...FILES, ...files }, 'Work'));
}

async function change({ git, host }: StagedIssue): Promise<void> {
  const rootOf = (name: string): string => REQUEST.projects.find((project) => project.name === name)?.root ?? '';
  await storeChanges(await findChanges(REQUEST, git), rootOf, { fleetProject: 'fleet', artifacts: host.artifacts });
}

const review = (staged: StagedIssue, project: string) => reviewProject(staged.settings.review, REQUEST, staged.context(REVIEWED, project));
const reviewed = (staged: StagedIssue) => review(staged, '@shop/a');
const gate = (staged: StagedIssue, project: string) =>
  gateProject({ reviewers: ['codex'], blockOn: 'high' }, REQUEST, staged.context(REVIEW_TARGET, project));

describe('reviewProject', () => {
  it("shows a reviewer the project's part of a change, and lets it read what is in the key and nothing else", async () => {
    const seen: (readonly string[])[] = [];
    const agent: StagedOptions['agent'] = ({ cwd }, { git }) => {
      seen.push([...git.filesIn(cwd).keys()].toSorted());
      return approval;
    };
    const staged = await pushed({ 'a/one.ts': 'eins\n', 'b/two.ts': 'zwei\n', 'README.md': 'hallo\n' }, { agent });
    expect(await review(staged, '@shop/a')).toMatchObject({ verdict: 'approve', reviewer: 'codex' });
    expect(seen).toEqual([['a/AGENTS.md', 'a/one.ts']]);
    expect(staged.requests[0]).toMatchObject({ readOnly: true });
    expect(staged.requests[0]?.prompt).toContain('+eins');
    expect(staged.requests[0]?.prompt).not.toMatch(/zwei|hallo/);
    expect(await gate(staged, '@shop/a')).toMatchObject({ verdict: 'approve' });
  });

  it('takes a finding for dismissed that its base dismisses, or the default branch itself, and not one that the change dismisses', async () => {
    const finding = aFinding({ file: 'a/one.ts', startLine: 1, endLine: 1 });
    const ignores = {
      version: 1,
      findings: [{ fingerprint: findingFingerprints([finding])[0], reason: 'Meant so.', expires: '2026-06-30' }],
    };
    const agent = () => JSON.stringify({ verdict: 'request-changes', summary: 'No.', findings: [finding] });
    const staged = await pushed({ 'a/one.ts': 'eins\n' }, { agent });
    await review(staged, '@shop/a');
    expect(await gate(staged, '@shop/a')).toMatchObject({ verdict: 'request-changes' });
    push(staged, { 'a/one.ts': 'eins\n', [IGNORE_FILE]: JSON.stringify(ignores) });
    await change(staged);
    expect(await gate(staged, '@shop/a')).toMatchObject({ verdict: 'request-changes' });
    staged.git.refs.set('refs/remotes/origin/main', staged.git.refs.get('refs/heads/work') ?? '');
    const dismissed = { verdict: 'approve', findings: [{ dismissed: 'Meant so.' }] };
    expect(await gate(staged, '@shop/a')).toMatchObject(dismissed);
    const files = { ...FILES, [IGNORE_FILE]: JSON.stringify(ignores) };
    const later = await stageIssue({ git: { files }, agent });
    later.git.refs.set('refs/heads/work', later.git.commit([later.git.root], { ...FILES, 'a/one.ts': 'eins\n' }, 'Take the entry out'));
    await change(later);
    await review(later, '@shop/a');
    expect(await gate(later, '@shop/a')).toMatchObject(dismissed);
  });

  it('takes prompts and programs from the base, with what they lead to, and has them in the key', async () => {
    const request = { ...REQUEST, isJudge: (path: string) => path.startsWith('tools/') };
    const base = { ...FILES, 'tools/review.md': 'strict', 'tools/agent.js': 'base', 'package.json': '{}' };
    const judgeOf = async (files: Readonly<Record<string, string>>, changes: Readonly<Record<string, string>>) => {
      const staged = await stageIssue({ git: { files }, agent: () => approval });
      push(staged, { 'a/one.ts': 'eins\n', ...changes });
      const found = await findChanges(request, staged.git);
      await storeChanges(found, (name) => name, { fleetProject: 'fleet', artifacts: staged.host.artifacts });
      return { staged, judge: found.changes.find(({ project }) => project === '@shop/a')?.judge };
    };
    const { staged, judge } = await judgeOf(base, { 'tools/review.md': 'lax', 'tools/agent.js': 'lax' });
    const context = staged.context(REVIEWED, '@shop/a');
    const seen: unknown[] = [];
    const look = (place: string | undefined): void => void seen.push(Object.fromEntries(staged.git.filesIn(place ?? '')));
    await reviewProject(staged.settings.review, request, {
      ...context,
      prompt: async (name, place) => (look(place), context.prompt(name, place)),
      agent: (name, place) => (look(place), context.agent(name, place)),
    });
    await reviewProject(staged.settings.review, request, staged.context(REVIEWED, 'fleet'));
    const gated = { ...staged.context(REVIEW_TARGET, 'fleet'), isJudge: request.isJudge };
    const verdict = await gateProject({ reviewers: ['codex'], blockOn: 'high' }, request, gated);
    expect(verdict?.findings.map(({ file, title }) => [file, title])).toEqual([
      ['tools/agent.js', 'What steers agents, hooks or pipelines is changed'],
      ['tools/review.md', 'What steers agents, hooks or pipelines is changed'],
    ]);
    const judges = { 'tools/review.md': 'strict', 'tools/agent.js': 'base', 'package.json': '{}' };
    expect(seen).toEqual([judges, judges]);
    expect((await judgeOf(base, {})).judge).toBe(judge);
    expect((await judgeOf({ ...base, 'tools/review.md': 'stricter' }, {})).judge).not.toBe(judge);
  });

  it('asks no agent about a project that is not touched', async () => {
    const staged = await pushed({ 'b/two.ts': 'zwei\n' });
    expect([await review(staged, '@shop/a'), await gate(staged, '@shop/a')]).toEqual([null, null]);
    expect(staged.requests).toEqual([]);
  });

  it('reviews what lies outside all projects as one of them, and names what is not reviewed', async () => {
    const staged = await pushed({ 'README.md': 'hallo\n', 'b/two.ts': 'zwei\n' });
    expect(await review(staged, 'fleet')).toMatchObject({ verdict: 'approve' });
    const { projects, skipped } = await readChanges({ fleetProject: 'fleet', artifacts: staged.host.artifacts });
    expect([projects.map(({ project }) => project), skipped]).toEqual([['fleet'], ['b']]);
  });

  it('names what of the change was not in the prompt, in the review and in the verdict', async () => {
    const staged = await pushed({ 'a/yarn.lock': 'x\n' });
    const unread = [{ path: 'a/yarn.lock', added: 1, removed: 0, reason: 'review.exclude: yarn.lock' }];
    expect(await review(staged, '@shop/a')).toMatchObject({ unread });
    expect(await gate(staged, '@shop/a')).toMatchObject({ verdict: 'approve', unread });
    expect(staged.requests).toHaveLength(1);
    expect(await reviewed(await pushed({ 'a/one.ts': 'eins\n' }))).not.toHaveProperty('unread');
  });

  it("goes by the attributes of the base, above the project too, and by none of the change's", async () => {
    const git = { files: { ...FILES, '.gitattributes': 'one.ts linguist-generated\n', 'a/.gitattributes': '' } };
    const hidden = await pushed({ '.gitattributes': '', 'a/one.ts': 'eins\n' }, { git });
    expect(await reviewed(hidden)).toMatchObject({ unread: [{ path: 'a/one.ts', reason: 'generated: linguist-generated' }] });
    expect(hidden.requests[0]?.prompt).toContain('[Its lines are not shown: +1 -1 lines, generated: linguist-generated]');
    expect(hidden.requests[0]?.prompt).not.toContain('+eins');
    const shown = await pushed({ '.gitattributes': 'one.ts linguist-generated\n', 'a/one.ts': 'eins\n' });
    expect(await reviewed(shown)).not.toHaveProperty('unread');
    expect(shown.requests[0]?.prompt).toContain('+eins');
  });

  it('places a finding in a file whose lines were not in the prompt on the file as a whole', async () => {
    const findings = [aFinding({ file: 'a/yarn.lock', startLine: 1, endLine: 1 }), aFinding({ file: 'a/gone.ts' })];
    const agent = (): string => JSON.stringify({ verdict: 'request-changes', summary: 'No.', findings });
    const made = await reviewed(await pushed({ 'a/yarn.lock': 'x\n' }, { agent }));
    expect(made).toMatchObject({ findings: [{ file: 'a/yarn.lock', startLine: 0 }], ungrounded: [{ file: 'a/gone.ts' }] });
  });

  it.each(['.nx-fleet/out/@shop/a/agent-review--codex/review.json', '.nx-fleet'])('refuses a change that brings %s along', async (file) => {
    await expect(pushed({ [file]: '{}' })).rejects.toThrow(`"${file}" is committed. Results of stages are not taken from a commit`);
  });

  it('refuses a change that is another one than its key was made of', async () => {
    const staged = await pushed({ 'a/one.ts': 'eins\n' });
    push(staged, { 'a/one.ts': 'uno\n' });
    await expect(review(staged, '@shop/a')).rejects.toThrow('"@shop/a" changed after its cache key was made. Run it again');
    expect(staged.requests).toEqual([]);
  });

  it('needs to be told what was changed', async () => {
    const staged = await stageIssue({ git: { files: FILES } });
    await expect(review(staged, '@shop/a')).rejects.toThrow('The list of changes is missing. Run: nx run fleet:agent-changes');
  });
});

describe('gateProject', () => {
  it('refuses a review of another change, as one that was forged or is of a push before', async () => {
    const staged = await pushed({ 'a/one.ts': 'eins\n' });
    await review(staged, '@shop/a');
    push(staged, { 'a/one.ts': 'uno\n' });
    await change(staged);
    await expect(gate(staged, '@shop/a')).rejects.toThrow('The review by codex is of another state of "@shop/a" than is there now.');
  });

  it('refuses what an earlier command, or one with another base, has found', async () => {
    const staged = await pushed({ 'a/one.ts': 'eins\n' });
    await review(staged, '@shop/a');
    push(staged, { 'b/two.ts': 'zwei\n' });
    await expect(gate(staged, '@shop/a')).rejects.toThrow(
      /^The list of changes is for "\w{8}\.\.\w{8}", and "\w{8}\.\.\w{8}" is asked for\. Run again/,
    );
    await expect(gate(staged, 'b')).rejects.toThrow('The list of changes is for');
  });

  it('adds what the diff itself shows', async () => {
    const staged = await pushed({ 'a/AGENTS.md': 'lax\n' });
    await review(staged, '@shop/a');
    expect(await gate(staged, '@shop/a')).toMatchObject({ findings: [{ file: 'a/AGENTS.md', reviewers: ['nx-fleet'] }] });
  });
});

describe('a stored review of a project', () => {
  it('counts as finished while it is of what this command found to be changed, and is a review', async () => {
    const staged = await pushed({ 'a/one.ts': 'eins\n' });
    await review(staged, '@shop/a');
    const stored = (project: string): Promise<void> => requireProjectResult(REQUEST, staged.context(REVIEWED, project));
    await expect(stored('@shop/a')).resolves.toBeUndefined();
    await expect(stored('fleet')).rejects.toThrow('"fleet" is not touched.');
    push(staged, { 'a/one.ts': 'zwei\n' });
    await change(staged);
    await expect(stored('@shop/a')).rejects.toThrow('The review by codex is of another state of "@shop/a"');
    await staged.host.artifacts.write('@shop/a', REVIEWED, 'review.json', '{}');
    await expect(stored('@shop/a')).rejects.toThrow('No valid review of "@shop/a" by codex.');
  });
});
