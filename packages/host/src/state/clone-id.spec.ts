import { readdirSync } from 'node:fs';
import path from 'node:path';
import { useTemporaryFolder } from '../../../system/src/testing/temporary-folder.js';
import { cloneId } from './state-directory.js';

describe('cloneId', () => {
  const folder = useTemporaryFolder();

  it('is the same for all that ask at once, and ever after', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => cloneId(folder())));
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^[0-9a-f]{16}$/);
    expect(await cloneId(folder())).toBe(ids[0]);
    expect(readdirSync(path.join(folder(), 'nx-fleet'))).toEqual(['clone-id']);
  });

  it('is another one for another clone', async () => {
    expect(await cloneId(path.join(folder(), 'one'))).not.toBe(await cloneId(path.join(folder(), 'other')));
  });
});
