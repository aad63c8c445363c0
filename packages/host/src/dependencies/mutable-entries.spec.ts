import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { useTemporaryFolder } from '../../../system/src/testing/temporary-folder.js';
import { mutablePackages, startsMutable } from './clone-tree.js';

describe('what tools change in place', () => {
  const folder = useTemporaryFolder();

  it('is what patch-package has a patch for, and the client of Prisma', async () => {
    mkdirSync(path.join(folder(), 'patches'));
    const patches = ['left-pad+1.3.0.patch', '@scope+name+2.0.0+001+first.dev.patch', 'outer++@in+ner+1.0.0.patch', 'README.md'];
    for (const name of patches) writeFileSync(path.join(folder(), 'patches', name), '');
    expect([...(await mutablePackages(folder()))].toSorted()).toEqual(['@in/ner', '@prisma/client', '@scope/name', 'left-pad', 'outer']);
  });

  it('is the client of Prisma alone without patches', async () => {
    expect([...(await mutablePackages(folder()))]).toEqual(['@prisma/client']);
  });

  it.each([
    ['', '.bin', true],
    ['', 'a', true],
    ['', 'b', false],
    ['', '@s', false],
    ['@s', 'c', true],
    ['@s', 'a', false],
    ['b', 'a', false],
    ['b', '.cache', false],
    ['b/node_modules', '.cache', true],
    ['b/node_modules', 'a', true],
    ['b/node_modules/@s', 'c', true],
    ['b/my_node_modules', 'a', false],
    ['b/node_modules_old', 'a', false],
  ])('in "%s" %s: %s', (place, name, expected) => {
    expect(startsMutable(place, new Set(['a', '@s/c']))(name)).toBe(expected);
  });
});
