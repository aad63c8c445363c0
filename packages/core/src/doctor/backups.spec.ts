import { createFakeGit, type FakeGit } from '../git/fake-git.js';
import { expireBackups, listBackups, moveEarlierBackups, restoreBackup } from './backups.js';

const root = 'refs/nx-fleet/backup';

function gitWith(names: readonly string[]): { readonly git: FakeGit; readonly commits: Readonly<Record<string, string>> } {
  const git = createFakeGit();
  const commits = Object.fromEntries(names.map((name) => [name, git.commit([git.root], { name }, name)]));
  for (const [name, commit] of Object.entries(commits)) git.refs.set(`${root}/${name}`, commit);
  return { git, commits };
}

describe('listBackups', () => {
  it('lists what is kept, newest last, of one second in the order of keeping', async () => {
    const { git } = gitWith([
      'issue-42/20260102T000000Z-10',
      'issue-42/20260102T000000Z-2',
      'issue-42/20260102T000000Z',
      'issue-7/20251231T235959Z',
    ]);
    expect((await listBackups(git)).map(({ ref }) => ref.slice(root.length + 1))).toEqual([
      'issue-7/20251231T235959Z',
      'issue-42/20260102T000000Z',
      'issue-42/20260102T000000Z-2',
      'issue-42/20260102T000000Z-10',
    ]);
  });

  it.each(['issue-42/yesterday', 'issue-42/20269999T999999Z', 'issue-42'])('leaves "%s" alone, which is no ref of ours', async (name) => {
    expect(await listBackups(gitWith([name]).git)).toEqual([]);
  });
});

describe('moveEarlierBackups', () => {
  it('moves what earlier versions kept, says so once, and loses nothing where a name is taken', async () => {
    const { git, commits } = gitWith(['issue-42/20260101T000000Z']);
    const other = git.commit([git.root], { other: '1' }, 'other');
    git.refs.set('refs/nx-fleet/trash/issue-42/20260101T000000Z', other);
    git.refs.set('refs/nx-fleet/trash/issue-7/20260101T000000Z', other);
    // As after a kill between the two halves of a move.
    git.refs.set(`${root}/issue-7/20260101T000000Z`, other);
    const lines: string[] = [];
    for (const _ of [1, 2]) await moveEarlierBackups(git, (line) => lines.push(line));
    expect(lines).toEqual(['2 backups of an earlier version moved to refs/nx-fleet/backup/']);
    expect((await listBackups(git)).map(({ ref, commit }) => [ref.slice(root.length + 1), commit])).toEqual([
      ['issue-7/20260101T000000Z', other],
      ['issue-42/20260101T000000Z', commits['issue-42/20260101T000000Z']],
      ['issue-42/20260101T000000Z-2', other],
    ]);
    expect(await git.listRefs('refs/nx-fleet/trash/')).toEqual([]);
  });

  it('leaves a backup that has moved on since it was listed to the next command', async () => {
    const { git } = gitWith([]);
    const [listed, moved] = ['1', '2'].map((text) => git.commit([git.root], { text }, text));
    const ref = 'refs/nx-fleet/trash/issue-7/20260101T000000Z';
    git.refs.set(ref, listed ?? '');
    const createRef: typeof git.createRef = async (name, commit) => {
      git.refs.set(ref, moved ?? '');
      return git.createRef(name, commit);
    };
    await moveEarlierBackups({ ...git, createRef }, () => undefined);
    expect(git.refs.get(ref)).toBe(moved);
    await moveEarlierBackups(git, () => undefined);
    expect((await listBackups(git)).map(({ commit }) => commit)).toEqual([listed, moved]);
  });
});

describe('moveEarlierBackups of two of one second', () => {
  it('keeps both under names that are listed, where one name is taken', async () => {
    const { git, commits } = gitWith(['issue-7/20260101T000000Z']);
    const [one, two] = ['1', '2'].map((text) => git.commit([git.root], { text }, text));
    git.refs.set('refs/nx-fleet/trash/issue-7/20260101T000000Z', one ?? '');
    git.refs.set('refs/nx-fleet/trash/issue-7/20260101T000000Z-2', two ?? '');
    await moveEarlierBackups(git, () => undefined);
    expect((await listBackups(git)).map(({ commit }) => commit)).toEqual([...Object.values(commits), one, two]);
  });
});

describe('restoreBackup', () => {
  const names = ['issue-42/20260101T000000Z', 'issue-42/20260102T000000Z', 'issue-proj-7/20260103T000000Z'];

  it.each([
    ['42', names[1], 'restored/issue-42-20260102T000000Z'],
    ['issue-42', names[1], 'restored/issue-42-20260102T000000Z'],
    [`${root}/${names[0] ?? ''}`, names[0], 'restored/issue-42-20260101T000000Z'],
    [`refs/nx-fleet/trash/${names[0] ?? ''}`, names[0], 'restored/issue-42-20260101T000000Z'],
    ['PROJ-7', names[2], 'restored/issue-proj-7-20260103T000000Z'],
  ])('gives back what is kept of %s', async (what, name, branch) => {
    const { git, commits } = gitWith(names);
    const restored = await restoreBackup(what, git);
    expect(restored).toMatchObject({ branch, kept: { commit: commits[name ?? ''] } });
    expect(git.refs.get(`refs/heads/${branch}`)).toBe(commits[name ?? '']);
    expect(git.refs.has(`${root}/${name ?? ''}`)).toBe(true);
  });

  it('finds the branch when it is asked again, and does not move one that has gone on', async () => {
    const { git } = gitWith(names);
    const first = await restoreBackup('42', git);
    expect(await restoreBackup('42', git)).toEqual(first);
    git.refs.set(`refs/heads/${first.branch}`, git.root);
    await expect(restoreBackup('42', git)).rejects.toThrow(`Branch "${first.branch}" has new commits since it was restored.`);
    expect(git.refs.get(`refs/heads/${first.branch}`)).toBe(git.root);
  });

  it('says what there is when it knows nothing of that name', async () => {
    const { git } = gitWith(names);
    await expect(restoreBackup('9\u001b[2J', git)).rejects.toThrow(
      'There is no backup of "9". There are backups of: issue-42, issue-proj-7; git for-each-ref refs/nx-fleet/backup/ lists it.',
    );
    await expect(restoreBackup('9', createFakeGit())).rejects.toThrow('There is no backup of "9". There are no backups.');
  });
});

describe('expireBackups', () => {
  const now = new Date('2026-01-10T00:00:00Z');

  it('forgets what is older than so many days, and no more', async () => {
    const { git } = gitWith(['issue-1/20260102T235959Z', 'issue-2/20260103T000000Z', 'issue-3/20260109T000000Z', 'issue-4/whenever']);
    expect((await expireBackups({ days: 7, now, dryRun: false }, git)).map(({ project }) => project)).toEqual(['issue-1']);
    expect((await git.listRefs(root)).map(({ ref }) => ref.split('/').at(-2))).toEqual(['issue-2', 'issue-3', 'issue-4']);
    expect(await expireBackups({ days: 7, now, dryRun: false }, git)).toEqual([]);
  });

  it('only says what it would forget when asked to', async () => {
    const { git } = gitWith(['issue-1/20260102T235959Z']);
    expect(await expireBackups({ days: 7, now, dryRun: true }, git)).toHaveLength(1);
    expect(await git.listRefs(root)).toHaveLength(1);
  });

  it('forgets everything of ours at no days', async () => {
    const { git } = gitWith(['issue-1/20260102T235959Z', 'issue-3/20260109T235959Z']);
    await expireBackups({ days: 0, now, dryRun: false }, git);
    expect(await git.listRefs(root)).toEqual([]);
  });
});
