import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { UserError, type Tracker } from '@nx-fleet/core';
import { createTracker } from '../create-tracker.js';
import { createSpawnedCommands } from '../spawn-commands.contract.js';
import { createTemporaryFolder, removeTemporaryFolders } from '../temporary-folder.contract.js';
import { describeTracker, type GivenIssue } from '../tracker.contract.js';

afterEach(removeTemporaryFolders);

type Files = Readonly<Record<string, string | Uint8Array>>;

async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

async function workspace(files: Files, directory = 'docs/issues'): Promise<{ readonly root: string; readonly tracker: Tracker }> {
  const root = await createTemporaryFolder();
  await writeFiles(root, files);
  const tracker = createTracker(
    { type: 'markdown', directory },
    { mainWorktree: root, remoteUrl: null, env: {}, commands: createSpawnedCommands() },
  );
  return { root, tracker };
}

async function refusal(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).message).not.toContain('\n');
  return (error as UserError).message;
}

/** Fetches the only issue of a workspace. */
async function fetchText(content: string | Uint8Array) {
  const { tracker } = await workspace({ 'docs/issues/dark-mode.md': content });
  return tracker.fetchIssue('dark-mode');
}

function markdown({ title = 'Title', body = '', state = 'open', blockedBy = [] }: GivenIssue): string {
  return `---\ntitle: ${JSON.stringify(title)}\nstate: ${state}\nblocked-by: [${blockedBy.join(', ')}]\n---\n\n${body}\n`;
}

describeTracker('Markdown', async (issues) => {
  const files = issues.map((issue) => [`docs/issues/${issue.reference}.md`, markdown(issue)]);
  return (await workspace(Object.fromEntries(files))).tracker;
});

describe('a Markdown tracker finds', () => {
  const files = {
    'docs/issues/7-dark-mode.md': '# Dark mode',
    'docs/issues/70-other.md': '# Other',
    'docs/issues/export.md': '---\nid: EXP-1\n---\n# Export',
    'notes/idea.md': '# Idea',
    'top.md': '# Top',
  };

  it.each([
    ['7', '7-dark-mode'],
    ['7-dark-mode', '7-dark-mode'],
    ['7-DARK-mode', '7-dark-mode'],
    ['7-dark-mode.md', '7-dark-mode'],
    ['docs/issues/7-dark-mode.md', '7-dark-mode'],
    ['./docs/issues/../issues/7-dark-mode.md', '7-dark-mode'],
    ['exp-1', 'EXP-1'],
    ['export', 'EXP-1'],
    ['notes/idea.md', 'idea'],
    ['top.md', 'top'],
  ])('by %j the issue %j', async (typed, reference) => {
    const { tracker } = await workspace(files);
    await expect(tracker.fetchIssue(typed)).resolves.toMatchObject({ reference, url: null });
  });

  it.each([
    ['task-1', 'task-1 - Add a.md'],
    ['task-1.2', 'task-1.2 - Add b.md'],
    ['1', '0001_first.md'],
    ['issue-1', '0001_first.md'],
    ['1.1', '1.1-dotted.md'],
    ['cafe\u0301', 'caf\u00e9.md'],
    ['検索機能', '検索機能.md'],
    ['issue-x', 'issue-x.md'],
  ])('in a folder of another tool by %j the file %j', async (typed, file) => {
    const names = [
      'task-1 - Add a.md',
      'task-1.2 - Add b.md',
      '0001_first.md',
      '1.1-dotted.md',
      '10-ten.md',
      'caf\u00e9.md',
      '検索機能.md',
      'issue-x.md',
    ];
    const { tracker } = await workspace(Object.fromEntries(names.map((name) => [`docs/issues/${name}`, `# ${name}`])));
    await expect(tracker.fetchIssue(typed)).resolves.toMatchObject({ title: file });
  });

  it('a file by its absolute path', async () => {
    const { root, tracker } = await workspace(files);
    await expect(tracker.fetchIssue(join(root, 'notes/idea.md'))).resolves.toMatchObject({
      title: 'Idea',
    });
  });

  it('a file through a link that stays inside the workspace', async () => {
    const { root, tracker } = await workspace(files);
    await symlink(join(root, 'notes/idea.md'), join(root, 'docs/issues/linked.md'));
    await expect(tracker.fetchIssue('linked')).resolves.toMatchObject({ title: 'Idea' });
  });

  it('an id before a name, and a whole name before its start', async () => {
    const { tracker } = await workspace({
      'docs/issues/a.md': '---\nid: 1\n---\n# By id',
      'docs/issues/1.md': '# By name',
      'docs/issues/1-x.md': '# By start',
    });
    await expect(tracker.fetchIssue('1')).resolves.toMatchObject({ title: 'By id' });
    const { tracker: second } = await workspace({
      'docs/issues/1.md': '# By name',
      'docs/issues/1-x.md': '# By start',
    });
    await expect(second.fetchIssue('1')).resolves.toMatchObject({ title: 'By name' });
  });

  it('an issue beside files that are not valid', async () => {
    const { tracker } = await workspace({
      ...files,
      'docs/issues/broken.md': '---\n: [\n---\n',
      'docs/issues/binary.md': Uint8Array.of(0xff),
    });
    await expect(tracker.fetchIssue('EXP-1')).resolves.toMatchObject({ title: 'Export' });
  });
});

describe('a Markdown tracker reads', () => {
  it('the title from the front matter, and leaves the text as it is', async () => {
    await expect(fetchText('---\ntitle: Dark mode\n---\n# Heading\n\nText\n')).resolves.toMatchObject({
      title: 'Dark mode',
      body: '# Heading\n\nText',
    });
  });

  it('the title from the first heading, and takes that out of the text', async () => {
    const text = '```sh\n# no heading\n```\n## Second level\n# Dark *mode* #\nText\n# Another\n';
    await expect(fetchText(text)).resolves.toMatchObject({
      title: 'Dark *mode*',
      body: '```sh\n# no heading\n```\n## Second level\nText\n# Another',
    });
  });

  it('the title from the file name when nothing else has one', async () => {
    await expect(fetchText('Text')).resolves.toMatchObject({ title: 'dark-mode', body: 'Text' });
    await expect(fetchText('')).resolves.toMatchObject({ title: 'dark-mode', body: '' });
  });

  it('files with CRLF and a byte order mark', async () => {
    await expect(fetchText('\uFEFF---\r\ntitle: Dark\r\nstate: closed\r\n---\r\nOne\r\nTwo\r\n')).resolves.toMatchObject({
      title: 'Dark',
      state: 'closed',
      body: 'One\nTwo',
    });
  });

  it.each([
    ['state: Closed', 'closed'],
    ['status: closed', 'closed'],
    ['state: open\nstatus: closed', 'open'],
    ['state:', 'open'],
    ['labels: [a]', 'open'],
    ['status: To Do', 'open'],
    ['status: "🔄 In Progress"', 'open'],
    ['status: Done', 'closed'],
    ['status: "✔ Done"', 'closed'],
    ["state: Won't fix", 'closed'],
    ['state: canceled', 'closed'],
  ])('the state of %j', async (frontMatter, state) => {
    await expect(fetchText(`---\n${frontMatter}\n---\n`)).resolves.toMatchObject({ state });
  });

  it.each([
    ['blocked-by: 41', ['41']],
    ['blocked-by: "41, 40"', ['41', '40']],
    ['blockedBy: [41, other, 41]', ['41', 'other']],
    ['depends-on:\n  - 41\nblocked-by: 40', ['40', '41']],
    ['blocked-by:', []],
    ['blocked-by: 007', ['007']],
    ['dependencies: [task-1, task-1.2]', ['task-1', 'task-1.2']],
    ['depends_on: 1\nblocked_by: 2\ndependsOn: 3', ['2', '1', '3']],
  ])('the blockers of %j', async (frontMatter, blockedBy) => {
    await expect(fetchText(`---\n${frontMatter}\n---\n`)).resolves.toMatchObject({ blockedBy });
  });

  it('blockers by the reference that their own file gives them', async () => {
    const { tracker } = await workspace({
      'docs/issues/7-dark-mode.md': '# Dark',
      'docs/issues/export.md': '---\nid: EXP-1\n---\n',
      'docs/issues/9.md': '---\nblocked-by: [7, docs/issues/export.md, gone]\n---\n',
    });
    await expect(tracker.fetchIssue('9')).resolves.toMatchObject({
      blockedBy: ['7-dark-mode', 'EXP-1', 'gone'],
    });
  });

  it('blockers of its text: numbers, keys, links and names of files', async () => {
    const { tracker } = await workspace({
      'docs/issues/7-dark-mode.md': '# Dark',
      'docs/issues/search.md': '# Search',
      'docs/issues/old.md': '---\nstatus: done\n---\n',
      'docs/issues/9.md': '# Nine\n\n## Blocked by\n\n- #7\n- [Search](search.md)\n- old\n- PROJ-7\n- gone\n- 3 other teams\n',
    });
    await expect(tracker.fetchIssue('9')).resolves.toMatchObject({
      blockedBy: ['7-dark-mode', 'search', 'PROJ-7'],
      unreadBlockers: ['3 other teams', 'gone'],
    });
  });

  it('ids and titles that look like numbers as they are written', async () => {
    await expect(fetchText('---\nid: 007\ntitle: 1.10\n---\n')).resolves.toMatchObject({
      reference: '007',
      title: '1.10',
    });
  });
});

describe('a Markdown tracker refuses', () => {
  it('an unknown issue, and lists what there is', async () => {
    const many = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`docs/issues/i${10 + index}.md`, '']));
    const { tracker } = await workspace(many);
    await expect(refusal(tracker.fetchIssue('PROJ-7'))).resolves.toBe(
      'Issue "PROJ-7" does not exist in "docs/issues". There are: i10, i11, i12, i13, i14, i15, i16, i17, i18, i19 and 2 more.',
    );
  });

  it('an unknown issue, and says which file it could not read', async () => {
    const { tracker } = await workspace({ 'docs/issues/a.md': '---\nstate: [later]\n---\n' });
    await expect(refusal(tracker.fetchIssue('7'))).resolves.toBe(
      'Issue "7" does not exist in "docs/issues". There are none. Not read: Front matter of "docs/issues/a.md" is not valid: at "state": expected a word such as "open" or "closed". Correct the file.',
    );
  });

  it('an issue when the folder is missing', async () => {
    const { tracker } = await workspace({});
    await expect(refusal(tracker.fetchIssue('7'))).resolves.toBe(
      'Issue "7" does not exist: folder "docs/issues" does not exist. Write the issue to "docs/issues/7.md", or set "tracker.directory".',
    );
  });

  it('an id that several files have', async () => {
    const { tracker } = await workspace({ 'docs/issues/7-a.md': '', 'docs/issues/7-b.md': '' });
    await expect(refusal(tracker.fetchIssue('7'))).resolves.toBe(
      'Issue "7" could be "docs/issues/7-a.md", "docs/issues/7-b.md". Give the path of one of them.',
    );
  });

  it.each([
    ['docs/issues/none.md', 'does not exist in'],
    ['docs/issues/notes.txt', 'is not a Markdown file'],
    ['docs/issues/folder.md', '"docs/issues/folder.md" is not a file'],
    ['docs/issues/large.md', '"docs/issues/large.md" is larger than 1 MB'],
    ['docs/issues/latin1.md', '"docs/issues/latin1.md" is not UTF-8 text'],
  ])('%s', async (path, text) => {
    const { tracker } = await workspace({
      'docs/issues/notes.txt': '',
      'docs/issues/folder.md/x': '',
      'docs/issues/large.md': 'x'.repeat(1_000_001),
      'docs/issues/latin1.md': Uint8Array.of(0x66, 0xfc, 0x72),
    });
    await expect(refusal(tracker.fetchIssue(path))).resolves.toContain(text);
  });

  it('a pipe, without waiting for it', async () => {
    const { root, tracker } = await workspace({ 'docs/issues/a.md': '' });
    await promisify(execFile)('mkfifo', [join(root, 'docs/issues/pipe.md')]);
    await expect(refusal(tracker.fetchIssue('docs/issues/pipe.md'))).resolves.toContain('is not a file');
  });

  it('what lies outside the workspace, by path or through a link', async () => {
    const outside = await createTemporaryFolder();
    await writeFiles(outside, { 'secret.md': '# Secret' });
    const { root, tracker } = await workspace({ 'docs/issues/a.md': '' });
    await symlink(join(outside, 'secret.md'), join(root, 'docs/issues/link.md'));
    await symlink(outside, join(root, 'docs/out'));
    for (const path of [
      join(outside, 'secret.md'),
      `../${outside.split('/').at(-1)}/secret.md`,
      'docs/issues/link.md',
      'docs/out/secret.md',
    ]) {
      await expect(refusal(tracker.fetchIssue(path))).resolves.toContain('lies outside the workspace');
    }
    await expect(refusal(tracker.fetchIssue('link'))).resolves.not.toContain('Secret');
    const elsewhere = createTracker(
      { type: 'markdown', directory: 'docs/out' },
      { mainWorktree: root, remoteUrl: null, env: {}, commands: createSpawnedCommands() },
    );
    await expect(refusal(elsewhere.fetchIssue('secret'))).resolves.toContain('lies outside the workspace');
  });

  it('a folder setting that names a file', async () => {
    const { tracker } = await workspace({ 'issues.md': '' }, 'issues.md');
    await expect(refusal(tracker.fetchIssue('7'))).resolves.toBe(
      '"issues.md" is not a folder. Set "tracker.directory" to the folder of the issues.',
    );
  });

  it.each([
    ['id: [1]', 'at "id": expected text'],
    ['title: true', 'at "title": expected text'],
    ['title: {a: b}', 'at "title": expected text'],
    ['state: [later]', 'at "state": expected a word such as "open" or "closed"'],
    ['status: true', 'at "status": expected a word such as "open" or "closed"'],
    ['blocked-by: {a: b}', 'at "blocked-by": expected a reference or a list of references'],
    ['depends-on: [[1]]', 'at "depends-on": expected a reference or a list of references'],
    ['- a\n- b', 'expected keys such as'],
    ['just text', 'expected keys such as'],
    ['title: [', 'line '],
    ['ok: 1\ntitle: a\ntitle: b', 'line 4: Map keys must be unique'],
    ['title: !!js/function "x"', 'line 2: Unresolved tag'],
    ['title: *missing', 'has an alias that is unknown or used too often'],
    [
      `a: &a [x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c]`,
      'has an alias that is unknown or used too often',
    ],
    [`a: ${'['.repeat(20_000)}`, 'line 2: '],
    [`a: ${'x'.repeat(70_000)}`, 'it is longer than 65536 characters'],
  ])('front matter such as %.40j', async (frontMatter, text) => {
    const { tracker } = await workspace({ 'docs/issues/a.md': `---\n${frontMatter}\n---\n` });
    const message = await refusal(tracker.fetchIssue('docs/issues/a.md'));
    expect(message).toContain('Front matter of "docs/issues/a.md" is not valid: ');
    expect(message).toContain(text);
  });

  it('front matter that has no end', async () => {
    const { tracker } = await workspace({ 'docs/issues/a.md': '---\ntitle: x\n' });
    await expect(refusal(tracker.fetchIssue('docs/issues/a.md'))).resolves.toContain('it starts with "---" and has no second such line');
  });

  it('file names with terminal escapes without printing these', async () => {
    const { tracker } = await workspace({
      'docs/issues/\u001B[31mred.md': '---\nstate: x\n---\n',
      'docs/issues/b\u001B[2J.md': '',
    });
    // oxlint-disable-next-line no-control-regex
    await expect(refusal(tracker.fetchIssue('7'))).resolves.not.toMatch(/\u001B/);
  });
});
