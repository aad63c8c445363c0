import { mkdirSync, readdirSync, readFileSync, rmdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '@nx-fleet/core';
import { useTemporaryFolder } from '../../../system/src/testing/temporary-folder.js';
import { createArtifactStore } from './artifact-store.js';

describe('artifact store', () => {
  const folder = useTemporaryFolder();
  const store = () => createArtifactStore(folder());
  const target = ['issue-42', 'agent-review--codex'] as const;
  const place = (...names: readonly string[]): string => path.join(folder(), '.nx-fleet', 'out', ...target, ...names);

  it('keeps texts where Nx looks for outputs, in folders too', async () => {
    expect(store().directory(...target)).toBe(place());
    await store().write(...target, 'review.json', '{}');
    await store().write(...target, 'logs/lint/1.txt', 'fine');
    expect(readFileSync(place('logs', 'lint', '1.txt'), 'utf8')).toBe('fine');
    expect(await store().read(...target, 'review.json')).toBe('{}');
    expect(await store().read(...target, 'logs/lint/1.txt')).toBe('fine');
    expect(readdirSync(place()).toSorted()).toEqual(['logs', 'review.json']);
  });

  it('has null for what is not there', async () => {
    expect(await store().read(...target, 'review.json')).toBeNull();
    expect(await store().read(...target, 'logs/1.txt')).toBeNull();
  });

  it('empties one folder and leaves the others', async () => {
    await store().write(...target, 'review.json', '{}');
    await store().write('issue-42', 'agent-review', 'verdict.json', '{}');
    await store().clear(...target);
    expect(readdirSync(place())).toEqual([]);
    expect(await store().read('issue-42', 'agent-review', 'verdict.json')).toBe('{}');
  });

  it('empties a folder but for what is to stay', async () => {
    for (const file of ['index.json', 'old.json', 'logs/1.txt']) await store().write(...target, file, '{}');
    await store().clear(...target, ['index.json', 'new.json']);
    expect(readdirSync(place())).toEqual(['index.json']);
  });

  it('makes one folder what another is', async () => {
    await store().write(...target, 'old.json', '{}');
    await store().write('issue-42', 'agent-review-2--codex', 'logs/1.txt', 'fine');
    await store().copy('issue-42', 'agent-review-2--codex', target[1]);
    expect(readdirSync(place())).toEqual(['logs']);
    expect(await store().read(...target, 'logs/1.txt')).toBe('fine');
    await expect(store().copy('issue-42', '../x', target[1])).rejects.toThrow(UserError);
  });

  it.each(['../other/x', '..', '', '.', '/etc/passwd', 'a/../../x', 'a\0b'])('refuses the file %j', async (file) => {
    await expect(store().write(...target, file, 'x')).rejects.toThrow(UserError);
    await expect(store().read(...target, file)).rejects.toThrow(UserError);
  });

  it.each(['', '..', 'a/b', '.x', '-x'])('refuses the target %j', async (name) => {
    expect(() => store().directory('issue-42', name)).toThrow(UserError);
    await expect(store().clear('issue-42', name)).rejects.toThrow(UserError);
  });

  it('refuses a project that is none', () => {
    expect(() => store().directory('..', 'agent-plan')).toThrow(UserError);
  });

  it('does not follow a link out of the folder', async () => {
    writeFileSync(path.join(folder(), 'secret'), 'key');
    mkdirSync(path.join(folder(), 'elsewhere'));
    mkdirSync(place(), { recursive: true });
    symlinkSync(path.join(folder(), 'secret'), place('link.txt'));
    symlinkSync(path.join(folder(), 'elsewhere'), place('folder'));
    await expect(store().read(...target, 'link.txt')).rejects.toThrow(UserError);
    await expect(store().write(...target, 'folder/deep/x', 'x')).rejects.toThrow(UserError);
    expect(readdirSync(path.join(folder(), 'elsewhere'))).toEqual([]);
  });

  it('empties a folder without touching what its links lead to', async () => {
    mkdirSync(path.join(folder(), 'elsewhere'));
    writeFileSync(path.join(folder(), 'elsewhere', 'kept'), '');
    mkdirSync(place(), { recursive: true });
    symlinkSync(path.join(folder(), 'elsewhere'), place('folder'));
    await store().clear(...target);
    expect(readdirSync(path.join(folder(), 'elsewhere'))).toEqual(['kept']);
    rmdirSync(place());
    symlinkSync(path.join(folder(), 'elsewhere'), place());
    await store().clear(...target, ['index.json']);
    expect(readdirSync(path.join(folder(), 'elsewhere'))).toEqual(['kept']);
  });
});
