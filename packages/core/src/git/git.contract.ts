import { UserError } from '../errors/user-error.js';
import type { Git } from './git.js';

/** A repository with one commit on `main`, `README.md` with `hello`, that the suite may do anything to. */
export interface GitUnderTest {
  readonly git: Git;
  /** Absolute path for a linked worktree that is not there yet. */
  path(name: string): string;
  /** Writes a file into a worktree, or deletes it. */
  write(worktree: string, file: string, text: string | null): void | Promise<void>;
  read(worktree: string, file: string): string | null | Promise<string | null>;
}

/** What the stages and the provisioning take for granted of any `Git`. */
export function describeGit(name: string, make: () => GitUnderTest | Promise<GitUnderTest>): void {
  describe(`${name}, as git`, () => {
    /** A linked worktree on a branch of its own, with a commit that adds `a.ts`. */
    async function withWork(): Promise<GitUnderTest & { readonly worktree: string; readonly base: string; readonly head: string }> {
      const made = await make();
      const base = (await made.git.resolveCommit('main')) ?? '';
      const worktree = made.path('issue-1');
      await made.git.createBranch('issue/1', base);
      await made.git.addWorktree(worktree, 'issue/1');
      await made.git.checkoutWorktree(worktree);
      await made.write(worktree, 'a.ts', 'one\n');
      const head = (await made.git.commitAll(worktree, 'Work\n\nIssue: 1')) ?? '';
      return { ...made, worktree, base, head };
    }

    it('names commits, trees and refs, and has null for what is not there', async () => {
      const { git } = await make();
      const root = (await git.resolveCommit('refs/heads/main')) ?? '';
      expect(root).toMatch(/^[0-9a-f]{40,64}$/);
      expect(await git.resolveTree(root)).toMatch(/^[0-9a-f]{40,64}$/);
      expect(await git.resolveTree((await git.resolveTree(root)) ?? '')).toBe(await git.resolveTree(root));
      expect(await git.readRef('refs/heads/main')).toBe(root);
      expect([await git.resolveCommit('missing'), await git.resolveTree('missing'), await git.readRef('refs/heads/missing')]).toEqual([
        null,
        null,
        null,
      ]);
    });

    it('makes a branch once', async () => {
      const { git } = await make();
      const root = (await git.resolveCommit('main')) ?? '';
      await git.createBranch('issue/1', root);
      expect(await git.readRef('refs/heads/issue/1')).toBe(root);
      await expect(git.createBranch('issue/1', root)).rejects.toThrow();
    });

    it('checks a branch out in a worktree of its own, and finds that done when asked again', async () => {
      const { git, worktree, read, write, head } = await withWork();
      await write(worktree, 'a.ts', 'mine\n');
      await git.addWorktree(worktree, 'issue/1');
      await git.checkoutWorktree(worktree);
      expect(await read(worktree, 'a.ts')).toBe('mine\n');
      expect(await read(worktree, 'README.md')).toBe('hello\n');
      expect(await git.currentBranch(worktree)).toBe('issue/1');
      expect(await git.isCheckedOut(worktree)).toBe(true);
      expect((await git.listWorktrees()).find(({ path }) => path === worktree)).toEqual({
        path: worktree,
        head,
        branch: 'issue/1',
        locked: false,
      });
    });

    it('tells a worktree without its files, and one that is not there, from one that is checked out', async () => {
      const { git, path } = await make();
      const spare = path('spare');
      await git.addDetachedWorktree(spare, (await git.resolveCommit('main')) ?? '');
      expect([await git.isCheckedOut(spare), await git.isCheckedOut(path('nowhere'))]).toEqual([false, false]);
      await git.checkoutWorktree(spare);
      expect(await git.isCheckedOut(spare)).toBe(true);
    });

    it('commits what is not ignored, and nothing when there is nothing', async () => {
      const { git, worktree, base, head } = await withWork();
      expect(await git.commitAll(worktree, 'Nothing')).toBeNull();
      expect(await git.readRef('refs/heads/issue/1')).toBe(head);
      expect((await git.log(base, head)).map(({ id, subject }) => [id, subject])).toEqual([[head, 'Work']]);
      expect([await git.isAncestor(base, head), await git.isAncestor(head, base), await git.isAncestor(head, head)]).toEqual([
        true,
        false,
        true,
      ]);
    });

    it('knows changed, new and deleted paths as dirty, and resets them all away', async () => {
      const { git, worktree, write, read, base } = await withWork();
      expect(await git.dirtyPaths(worktree)).toEqual([]);
      await write(worktree, 'a.ts', 'two\n');
      await write(worktree, 'README.md', null);
      await write(worktree, 'new.ts', '');
      expect([...(await git.dirtyPaths(worktree))].sort()).toEqual(['README.md', 'a.ts', 'new.ts']);
      await git.resetWorktree(worktree, base);
      expect(await git.dirtyPaths(worktree)).toEqual([]);
      expect([await read(worktree, 'README.md'), await read(worktree, 'a.ts'), await read(worktree, 'new.ts')]).toEqual([
        'hello\n',
        null,
        null,
      ]);
      expect(await git.readRef('refs/heads/issue/1')).toBe(base);
    });

    it('captures a worktree on top of its head and leaves it as it is', async () => {
      const { git, worktree, write, head } = await withWork();
      await write(worktree, 'new.ts', '');
      const captured = await git.captureWorktree(worktree, 'Kept');
      expect((await git.changedFiles(head, captured)).map(({ path, kind }) => [path, kind])).toEqual([['new.ts', 'added']]);
      expect(await git.isAncestor(head, captured)).toBe(true);
      expect(await git.dirtyPaths(worktree)).toEqual(['new.ts']);
      expect(await git.readRef('refs/heads/issue/1')).toBe(head);
    });

    it('shows the change between two trees', async () => {
      const { git, base, head } = await withWork();
      const [from, to] = [(await git.resolveTree(base)) ?? '', (await git.resolveTree(head)) ?? ''];
      expect(await git.changedFiles(from, to)).toEqual([{ path: 'a.ts', kind: 'added', binary: false }]);
      expect(await git.diff(from, to)).toMatch(/^diff --git a\/a\.ts b\/a\.ts\n[^]*\+one/);
      expect(await git.diff(to, to)).toBe('');
    });

    it('tells which paths the attributes of a tree mark as generated', async () => {
      const { git, write, worktree, base } = await withWork();
      await write(worktree, '.gitattributes', 'gen.ts linguist-generated\n');
      const head = (await git.commitAll(worktree, 'Rule')) ?? '';
      expect([...(await git.generatedMarks(head, ['a.ts', 'x/gen.ts']))]).toEqual([['x/gen.ts', 'linguist-generated']]);
      expect(await git.generatedMarks(base, ['gen.ts'])).toEqual(new Map());
    });

    it('reads a file of a tree or a commit', async () => {
      const { git, base, head } = await withWork();
      const tree = (await git.resolveTree(head)) ?? '';
      expect([await git.readFile(head, 'a.ts'), await git.readFile(tree, 'README.md')]).toEqual(['one\n', 'hello\n']);
      expect([await git.readFile(base, 'a.ts'), await git.readFile(head, '*.ts'), await git.readFile(head, 'a.ts/b')]).toEqual([
        null,
        null,
        null,
      ]);
    });

    it('lists the files of a tree, and writes trees of them: the same again, parts, and mixtures', async () => {
      const { git, write, worktree, base } = await withWork();
      await write(worktree, 'packages/x/src/b.ts', 'two\n');
      const head = (await git.commitAll(worktree, 'More')) ?? '';
      const files = await git.listFiles(head);
      expect(files.map(({ path }) => path)).toEqual(['README.md', 'a.ts', 'packages/x/src/b.ts']);
      const part = files.filter(({ path }) => path.startsWith('packages/'));
      const [whole, some, mixed, none] = await git.writeTrees([files, part, [...(await git.listFiles(base)), ...part], []]);
      expect(whole).toBe(await git.resolveTree(head));
      expect(await git.listFiles(some ?? '')).toEqual(part);
      expect((await git.changedFiles(some ?? '', mixed ?? '')).map(({ path }) => path)).toEqual(['README.md']);
      expect(await git.listFiles(none ?? '')).toEqual([]);
      expect(await git.writeTrees([])).toEqual([]);
    });

    it('writes no tree in which a file is in the way of a folder', async () => {
      const { git } = await make();
      const [file] = await git.listFiles('main');
      const inside = { ...file, path: 'README.md/x', mode: '100644', object: file?.object ?? '' };
      await expect(git.writeTrees([[{ ...inside, path: 'README.md' }, inside]])).rejects.toThrow('a file and a folder');
      await expect(git.writeTrees([[inside, { ...inside, path: 'README.md' }]])).rejects.toThrow('a file and a folder');
    });

    it('knows that its history is whole', async () => {
      expect(await (await make()).git.isShallow()).toBe(false);
    });

    it('writes, lists and deletes refs, of which a missing one may be deleted', async () => {
      const { git, base, head } = await withWork();
      await git.writeRef('refs/nx-fleet/backup/issue-1/a', base);
      await git.writeRef('refs/nx-fleet/backup/issue-1/a', head);
      expect(await git.listRefs('refs/nx-fleet/backup/')).toEqual([{ ref: 'refs/nx-fleet/backup/issue-1/a', commit: head }]);
      await git.deleteRef('refs/nx-fleet/backup/issue-1/a');
      await git.deleteRef('refs/nx-fleet/backup/issue-1/a');
      expect(await git.readRef('refs/nx-fleet/backup/issue-1/a')).toBeNull();
    });

    it('deletes a ref only at the expected commit, where one is given', async () => {
      const { git, base, head } = await withWork();
      const ref = 'refs/nx-fleet/backup/issue-1/a';
      await git.deleteRef(ref, base);
      await git.writeRef(ref, head);
      await git.deleteRef(ref, base);
      expect(await git.readRef(ref)).toBe(head);
      await git.deleteRef(ref, head);
      expect(await git.readRef(ref)).toBeNull();
    });

    it('removes a worktree with its uncommitted files, and then its branch only at the expected tip', async () => {
      const { git, worktree, write, read, base, head } = await withWork();
      await write(worktree, 'new.ts', '');
      await git.removeWorktree(worktree);
      await git.removeWorktree(worktree);
      expect((await git.listWorktrees()).some(({ path }) => path === worktree)).toBe(false);
      expect(await read(worktree, 'new.ts')).toBeNull();
      await expect(git.deleteBranch('issue/1', base)).rejects.toThrow();
      await git.deleteBranch('issue/1', head);
      await git.deleteBranch('issue/1', head);
      expect(await git.readRef('refs/heads/issue/1')).toBeNull();
    });

    it('removes a worktree by the means that it is given, and the main one by none', async () => {
      const { git, worktree } = await withWork();
      const discarded: string[] = [];
      const discard = async (path: string): Promise<void> => void discarded.push(path);
      await git.removeWorktree(worktree, discard);
      const { mainWorktree } = await git.locate();
      await expect(git.removeWorktree(mainWorktree, discard)).rejects.toBeInstanceOf(UserError);
      expect(discarded).toEqual([worktree]);
      expect((await git.listWorktrees()).map(({ path }) => path)).toEqual([mainWorktree]);
    });

    it('checks a commit out without a branch, and finds that done when asked again', async () => {
      const { git, path, read, head } = await withWork();
      const spare = path('spare');
      for (let time = 0; time < 2; time += 1) {
        await git.addDetachedWorktree(spare, head);
        await git.checkoutWorktree(spare);
      }
      expect([await read(spare, 'a.ts'), await git.currentBranch(spare), await git.dirtyPaths(spare)]).toEqual(['one\n', null, []]);
      expect((await git.listWorktrees()).find((entry) => entry.path === spare)).toEqual({
        path: spare,
        head,
        branch: null,
        locked: false,
      });
    });

    it('moves a worktree with all that is in it, once, and puts it on a branch', async () => {
      const { git, path, write, read, base, head } = await withWork();
      const [spare, claimed] = [path('spare'), path('issue-2')];
      await git.addDetachedWorktree(spare, base);
      await git.checkoutWorktree(spare);
      await write(spare, 'untracked.txt', 'mine\n');
      await git.createBranch('issue/2', head);
      for (let time = 0; time < 2; time += 1) {
        expect(await git.moveWorktree(spare, claimed)).toBe(true);
        await git.switchWorktree(claimed, 'issue/2');
      }
      expect([await read(claimed, 'a.ts'), await read(claimed, 'untracked.txt'), await read(spare, 'README.md')]).toEqual([
        'one\n',
        'mine\n',
        null,
      ]);
      expect([await git.currentBranch(claimed), await git.dirtyPaths(claimed)]).toEqual(['issue/2', ['untracked.txt']]);
      expect(await git.moveWorktree(path('nowhere'), path('issue-3'))).toBe(false);
    });

    it('puts no worktree on a branch that is missing or in use elsewhere', async () => {
      const { git, path, base } = await withWork();
      const spare = path('spare');
      await git.addDetachedWorktree(spare, base);
      await git.checkoutWorktree(spare);
      for (const branch of ['main', 'issue/1', 'missing'])
        await expect(git.switchWorktree(spare, branch)).rejects.toBeInstanceOf(UserError);
      expect(await git.currentBranch(spare)).toBeNull();
    });

    it('knows whether a change has come in under another name', async () => {
      const { git, path, write, base, head } = await withWork();
      const target = path('target');
      await git.createBranch('target', base);
      await git.addWorktree(target, 'target');
      await git.checkoutWorktree(target);
      await write(target, 'b.ts', 'two\n');
      await git.commitAll(target, 'Other');
      expect(await git.isContained(head, 'target')).toBe(false);
      await write(target, 'a.ts', 'one\n');
      await git.commitAll(target, 'Work (#1)');
      expect([await git.isContained(head, 'target'), await git.isContained('target', head)]).toEqual([true, false]);
      expect(await git.mergeBase(head, 'target')).toBe(base);
    });

    it('has no stash, no fetched ref and no included file where there is none', async () => {
      const { git, worktree } = await withWork();
      expect([await git.stashesOn('issue/1'), await git.ignoredMatching(worktree, '.worktreeinclude')]).toEqual([[], []]);
      await expect(git.fetchFromOrigin('refs/heads/nowhere')).rejects.toBeInstanceOf(UserError);
    });

    it('merges commits that agree, and names the files of those that do not', async () => {
      const { git, worktree, write, base, head } = await withWork();
      const others: string[] = [];
      for (const [file, text] of [
        ['b.ts', 'two\n'],
        ['a.ts', 'other\n'],
      ] as const) {
        await git.resetWorktree(worktree, base);
        await write(worktree, file, text);
        others.push((await git.commitAll(worktree, file)) ?? '');
      }
      const [friend = '', rival = ''] = others;
      expect(await git.mergeCommits([head], 'One')).toEqual({ kind: 'merged', commit: head });
      const merged = await git.mergeCommits([head, friend], 'Both');
      const commit = merged.kind === 'merged' ? merged.commit : '';
      expect((await git.changedFiles(base, commit)).map(({ path }) => path)).toEqual(['a.ts', 'b.ts']);
      expect(await git.mergeCommits([head, friend, rival], 'All')).toEqual({ kind: 'conflict', files: ['a.ts'] });
    });

    it('moves commits onto another one: with their ids onto their own base, and not where both change the same', async () => {
      const { git, worktree, write, base, head } = await withWork();
      const others: string[] = [];
      for (const [file, text] of [
        ['b.ts', 'two\n'],
        ['a.ts', 'other\n'],
      ] as const) {
        await git.resetWorktree(worktree, base);
        await write(worktree, file, text);
        others.push((await git.commitAll(worktree, file)) ?? '');
      }
      const [friend = '', rival = ''] = others;
      expect(await git.moveCommits(base, head, base)).toEqual({ kind: 'merged', commit: head });
      const moved = await git.moveCommits(base, head, friend);
      expect(await git.moveCommits(base, head, friend)).toEqual(moved);
      const commit = moved.kind === 'merged' ? moved.commit : '';
      expect((await git.changedFiles(base, commit)).map(({ path }) => path)).toEqual(['a.ts', 'b.ts']);
      expect((await git.log(friend, commit)).map(({ subject }) => subject)).toEqual(
        (await git.log(base, head)).map(({ subject }) => subject),
      );
      expect(await git.moveCommits(friend, commit, base)).toEqual({ kind: 'merged', commit: head });
      expect(await git.moveCommits(base, head, rival)).toEqual({ kind: 'conflict', files: ['a.ts'] });
    });

    it('shows a snapshot of a tree, whose fingerprint changes with its files alone', async () => {
      const { git, read, write, base, head } = await withWork();
      const snapshot = await git.createSnapshot({ tree: head, baseTree: base });
      const before = await snapshot.fingerprint();
      expect(await read(snapshot.directory, 'a.ts')).toBe('one\n');
      expect(await snapshot.fingerprint()).toBe(before);
      await write(snapshot.directory, 'new.ts', '');
      expect(await snapshot.fingerprint()).not.toBe(before);
      await snapshot.remove();
      expect(await read(snapshot.directory, 'a.ts')).toBeNull();
    });

    it('sees refs that come, go and move while it watches, puts nothing back, and hands over what is lost', async () => {
      const { git, worktree, base, head } = await withWork();
      await git.createBranch('moved', base);
      await git.createBranch('gone', head);
      const watch = await git.watch({ what: 'all', worktree, othersBranches: async () => ['issue/1'] });
      const kept: string[] = [];
      const compare = () => watch.compare(async (commit) => void kept.push(commit));
      expect(await compare()).toEqual([]);
      await git.writeRef('refs/heads/moved', head);
      await git.deleteRef('refs/heads/gone');
      await git.writeRef('refs/tags/new', head);
      expect([...(await compare())].sort()).toEqual(['"refs/heads/gone"', '"refs/heads/moved"', '"refs/tags/new"']);
      expect(kept.toSorted()).toEqual([base, head].toSorted());
      expect([await git.readRef('refs/heads/moved'), await git.readRef('refs/heads/gone')]).toEqual([head, null]);
    });

    it('accuses no agent of what others may do meanwhile: issues, fetches, our own refs', async () => {
      const { git, worktree, write, head } = await withWork();
      const others = ['issue/1'];
      const watch = await git.watch({ what: 'all', worktree, othersBranches: async () => others });
      await write(worktree, 'b.ts', 'two');
      await git.commitAll(worktree, 'More');
      await write(worktree, 'c.ts', 'three');
      await git.writeRef('refs/remotes/origin/other', head);
      await git.writeRef('refs/nx-fleet/built/issue-1', head);
      await git.createBranch('issue/2', head);
      others.push('issue/2');
      expect(await watch.compare(async () => undefined)).toEqual([]);
    });

    it('watches the setup alone when it is told to', async () => {
      const { git, worktree, head } = await withWork();
      const watch = await git.watch({ what: 'setup', worktree, othersBranches: async () => [] });
      await git.createBranch('mine', head);
      expect(await watch.compare(async () => undefined)).toEqual([]);
    });
  });
}
