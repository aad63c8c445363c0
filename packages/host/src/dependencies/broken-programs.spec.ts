import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { useTemporaryFolder } from '../../../system/src/testing/temporary-folder.js';
import { brokenPrograms } from './clone-node-modules.js';

async function tree(folder: string, programs: Readonly<Record<string, string>>): Promise<string> {
  const bin = path.join(folder, 'node_modules', '.bin');
  await mkdir(bin, { recursive: true });
  await writeFile(path.join(folder, 'node_modules', 'nx.js'), '');
  for (const [name, target] of Object.entries(programs)) await symlink(target, path.join(bin, name));
  return folder;
}

describe('brokenPrograms', () => {
  const root = useTemporaryFolder();

  it('names those that lead nowhere in the clone alone', async () => {
    const original = await tree(path.join(root(), 'original'), { nx: '../nx.js', gone: '../gone.js' });
    const clone = await tree(path.join(root(), 'clone'), { nx: '../nx.js', gone: '../gone.js' });
    expect(await brokenPrograms(original, clone)).toEqual([]);
    await rm(path.join(clone, 'node_modules', 'nx.js'));
    expect(await brokenPrograms(original, clone)).toEqual(['nx']);
  });

  it('finds nothing where there are no programs', async () => {
    expect(await brokenPrograms(root(), root())).toEqual([]);
  });
});
