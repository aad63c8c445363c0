import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type LocalState, type Manifest, UserError } from '@nx-fleet/core';
import { useTemporaryFolder } from '../../../system/src/testing/temporary-folder.js';
import { createStateStore } from './state-store.js';

describe('state store', () => {
  const folder = useTemporaryFolder();
  const store = () => createStateStore(async () => folder());
  const place = (...names: readonly string[]): string => path.join(folder(), '.nx-fleet', ...names);
  const manifest: Manifest = {
    tracker: { url: null, reference: '42', type: 'markdown' },
    blockedBy: ['issue-41'],
    base: 'a'.repeat(40),
    round: 1,
    branch: 'issue/42',
    title: 'Dark mode',
    project: 'issue-42',
    version: 1,
  };
  const local: LocalState = { database: null, ports: { PORT: 20_010 }, worktree: '/w/issue-42' };

  it('gives back what it was given, and null for what is not there', async () => {
    expect(await store().readManifest('issue-42')).toBeNull();
    expect(await store().readSpec('issue-42')).toBeNull();
    expect(await store().readLocal('issue-42')).toBeNull();
    await store().writeIssue('issue-42', manifest, '# Dark mode\n');
    await store().writeLocal('issue-42', local);
    expect(await store().readManifest('issue-42')).toEqual(manifest);
    expect(await store().readSpec('issue-42')).toBe('# Dark mode\n');
    expect(await store().readLocal('issue-42')).toEqual(local);
  });

  it('writes the same bytes for the same manifest, in the order of its schema', async () => {
    await store().writeIssue('issue-42', manifest, '');
    expect(readFileSync(place('issues', 'issue-42', 'issue.json'), 'utf8')).toMatchInlineSnapshot(`
"{
  "version": 1,
  "project": "issue-42",
  "title": "Dark mode",
  "branch": "issue/42",
  "base": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  "round": 1,
  "blockedBy": [
    "issue-41"
  ],
  "tracker": {
    "type": "markdown",
    "reference": "42",
    "url": null
  }
}
"
`);
  });

  it('leaves nothing but manifest and spec in the folder that Nx watches', async () => {
    await store().writeIssue('issue-42', manifest, 'spec');
    expect(readdirSync(place('issues', 'issue-42')).toSorted()).toEqual(['issue.json', 'spec.md']);
    expect(readdirSync(place('local'))).toEqual([]);
  });

  it('does not touch manifest and spec that are there already', async () => {
    const inodes = (): readonly number[] => ['issue.json', 'spec.md'].map((name) => statSync(place('issues', 'issue-42', name)).ino);
    await store().writeIssue('issue-42', manifest, 'spec');
    const before = inodes();
    await store().writeIssue('issue-42', manifest, 'spec');
    expect(inodes()).toEqual(before);
    await store().writeIssue('issue-42', { ...manifest, title: 'Darker mode' }, 'another');
    expect(inodes().map((inode, index) => inode === before[index])).toEqual([false, false]);
  });

  it('never shows half of a manifest or spec to one who reads while it is written', async () => {
    const texts = ['first', 'second'];
    const seen = new Set<string | null>();
    let isWriting = true;
    const read = async (): Promise<void> => {
      while (isWriting) {
        expect(await store().readManifest('issue-42')).not.toBeNull();
        seen.add(await store().readSpec('issue-42'));
      }
    };
    await store().writeIssue('issue-42', manifest, 'first');
    const reads = Promise.all([read(), read(), read()]);
    for (let round = 0; round < 50; round += 1) {
      await store().writeIssue('issue-42', { ...manifest, title: `Mode ${round}` }, texts[round % 2] ?? '');
    }
    isWriting = false;
    await reads;
    expect(seen).toEqual(new Set(texts));
  });

  it('lists the projects that have a manifest, sorted', async () => {
    expect(await store().listProjects()).toEqual([]);
    for (const project of ['issue-9', 'issue-10', 'issue-a']) {
      await store().writeIssue(project, { ...manifest, project }, '');
    }
    mkdirSync(place('issues', 'issue-half'));
    writeFileSync(place('issues', 'README.md'), '');
    expect(await store().listProjects()).toEqual(['issue-10', 'issue-9', 'issue-a']);
  });

  it.each([
    ['{ "version": 1,', /is not JSON/],
    ['{}', /at "version"/],
    [JSON.stringify({ ...manifest, base: 'main' }), /at "base"/],
    [JSON.stringify({ ...manifest, version: 2 }), /at "version"/],
    [JSON.stringify({ ...manifest, project: 'issue-7' }), /is of "issue-7".*delete it and run: nx g worktree --issue=42$/],
  ])('refuses a manifest that is wrong, with path and reason: %s', async (text, reason) => {
    mkdirSync(place('issues', 'issue-42'), { recursive: true });
    writeFileSync(place('issues', 'issue-42', 'issue.json'), text);
    await expect(store().readManifest('issue-42')).rejects.toThrow(UserError);
    await expect(store().readManifest('issue-42')).rejects.toThrow(reason);
    await expect(store().readManifest('issue-42')).rejects.toThrow(place('issues', 'issue-42', 'issue.json'));
  });

  it('refuses a local state that is wrong', async () => {
    mkdirSync(place('local'), { recursive: true });
    writeFileSync(place('local', 'issue-42.json'), '{"worktree":1}');
    await expect(store().readLocal('issue-42')).rejects.toThrow(/at "worktree"/);
  });

  it('does not write what it could not read again', async () => {
    await expect(store().writeIssue('issue-42', { ...manifest, base: 'main' }, '')).rejects.toThrow(UserError);
    expect(existsSync(place('issues', 'issue-42'))).toBe(false);
  });

  it.each(['..', '../issue-1', 'a/b', '', 'Issue-1', '.hidden', 'a\0b', '/etc'])('knows no issue %j, and makes none', async (project) => {
    expect([await store().readManifest(project), await store().readSpec(project), await store().readLocal(project)]).toEqual([
      null,
      null,
      null,
    ]);
    await expect(store().writeIssue(project, manifest, '')).rejects.toThrow(UserError);
    await expect(store().writeLocal(project, local)).rejects.toThrow(UserError);
    await expect(store().removeIssue(project)).rejects.toThrow(UserError);
  });

  it('removes all of an issue, nothing of another, and does so twice', async () => {
    for (const project of ['issue-4', 'issue-42']) {
      await store().writeIssue(project, { ...manifest, project }, '');
      await store().writeLocal(project, local);
      mkdirSync(place('out', project, 'agent-plan'), { recursive: true });
      mkdirSync(place('local', 'logs'), { recursive: true });
      writeFileSync(place('local', 'logs', `${project}.log`), '');
    }
    await store().removeIssue('issue-4');
    await store().removeIssue('issue-4');
    const left = ['issues', 'local', 'local/logs', 'out'].map((kind) => readdirSync(place(kind)));
    expect(left).toEqual([['issue-42'], ['issue-42.json', 'logs'], ['issue-42.log'], ['issue-42']]);
  });
});
