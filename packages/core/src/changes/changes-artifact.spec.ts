import { createFakeHost } from '../host/fake-host.js';
import type { ArtifactStore } from '../artifact/artifact-store.js';
import { CHANGES_TARGET } from '../stage/targets.js';
import { changeFile, readChanges, storeChanges, type FoundChanges } from './changes-artifact.js';

const id = (digit: string): string => digit.repeat(40);
const found = (head: string, ...projects: readonly string[]): FoundChanges => ({
  base: id('0'),
  head: id(head),
  changes: projects.map((project) => ({ project, baseTree: id('a'), tree: id(head) })),
  skipped: [],
});
const rootOf = (project: string): string => `packages/${project}`;
const place = (artifacts: ArtifactStore) => ({ fleetProject: 'fleet', artifacts });

describe('what agent-changes stores', () => {
  it('is a file for each project that is touched now, and an index of them', async () => {
    const { artifacts } = createFakeHost();
    const files = (): Promise<readonly boolean[]> =>
      Promise.all(['a', 'b', 'c'].map(async (name) => (await artifacts.read('fleet', CHANGES_TARGET, changeFile(rootOf(name)))) !== null));
    await storeChanges(found('1', 'a', 'b'), rootOf, place(artifacts));
    expect(await files()).toEqual([true, true, false]);
    await storeChanges(found('2', 'b', 'c'), rootOf, place(artifacts));
    expect(await files()).toEqual([false, true, true]);
    expect((await readChanges(place(artifacts))).projects.map(({ project }) => project)).toEqual(['b', 'c']);
  });

  it('can be read by another command at every step of storing it anew', async () => {
    const { artifacts } = createFakeHost();
    const heads: string[] = [];
    const look = async (): Promise<void> => void heads.push((await readChanges(place(artifacts))).head);
    await storeChanges(found('1', 'a', 'b'), rootOf, place(artifacts));
    const watched: ArtifactStore = {
      ...artifacts,
      write: async (...args) => artifacts.write(...args).then(look),
      clear: async (...args) => artifacts.clear(...args).then(look),
    };
    await storeChanges(found('2', 'b', 'c'), rootOf, place(watched));
    expect(heads).toEqual([id('1'), id('1'), id('1'), id('2')]);
  });
});
