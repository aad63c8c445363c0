import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { replaceFile, writePrivateFile } from './files.js';
import { ownProcessTag } from './process-identity.js';
import { useTemporaryFolder } from './testing/temporary-folder.js';

describe('private file', () => {
  const folder = useTemporaryFolder();
  const file = (): string => path.join(folder(), 'deep', '.env.local');

  it('can be read by its owner only, also where one stood that all could read', async () => {
    mkdirSync(path.dirname(file()));
    writeFileSync(file(), 'old', { mode: 0o644 });
    await writePrivateFile(file(), 'SECRET=1\n');
    expect(readFileSync(file(), 'utf8')).toBe('SECRET=1\n');
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(readdirSync(path.dirname(file()))).toEqual(['.env.local']);
  });

  it('makes its folder', async () => {
    await writePrivateFile(file(), 'a');
    expect(readFileSync(file(), 'utf8')).toBe('a');
  });

  it('replaces a link instead of writing through it', async () => {
    mkdirSync(path.dirname(file()));
    writeFileSync(path.join(folder(), 'target'), 'untouched');
    symlinkSync(path.join(folder(), 'target'), file());
    await writePrivateFile(file(), 'new');
    expect(readFileSync(path.join(folder(), 'target'), 'utf8')).toBe('untouched');
    expect(readFileSync(file(), 'utf8')).toBe('new');
  });

  it('clears away what a killed process has left, also once its id is taken, but not what a living one or another machine writes', async () => {
    mkdirSync(path.dirname(file()));
    const [place = '', pid = '', start = ''] = ownProcessTag().split('-');
    const named = (...tag: readonly unknown[]): string => `.env.nx-fleet-${tag.join('-')}-0123abcd.local`;
    const dead = [named(place, 2 ** 30, start), named(place, pid, 'ffffff')];
    const others = [named(place, pid, start), named('ffffff', 2 ** 30, start)];
    const unrelated = '.env.test.local';
    for (const name of [...dead, ...others, unrelated]) {
      writeFileSync(path.join(path.dirname(file()), name), 'half');
    }
    await writePrivateFile(file(), 'whole');
    expect(readdirSync(path.dirname(file())).toSorted()).toEqual(['.env.local', ...others, unrelated].toSorted());
  });

  it('leaves the old text and no temporary file when it cannot be replaced', async () => {
    mkdirSync(file(), { recursive: true });
    writeFileSync(path.join(file(), 'inside'), 'kept');
    await expect(replaceFile({ path: file(), text: 'new' })).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
    expect(readdirSync(path.dirname(file()))).toEqual(['.env.local']);
    expect(readFileSync(path.join(file(), 'inside'), 'utf8')).toBe('kept');
  });

  it('is never seen half-written', async () => {
    const texts = ['a', 'b'].map((letter) => letter.repeat(200_000));
    await writePrivateFile(file(), texts[0] ?? '');
    const writes = Promise.all(Array.from({ length: 20 }, (_, index) => writePrivateFile(file(), texts[index % 2] ?? '')));
    const progress = { isDone: false };
    void writes.finally(() => (progress.isDone = true));
    while (!progress.isDone) {
      expect(texts).toContain(readFileSync(file(), 'utf8'));
      await new Promise(setImmediate);
    }
    await writes;
  });
});
