import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { link } from 'node:fs/promises';
import path from 'node:path';
import { type Allocation, UserError } from '@nx-fleet/core';
import { describeRegistry } from '../../../core/src/host/registry.contract.js';
import { startSourceProcess } from '../../../system/src/testing/source-process.js';
import { useTemporaryFolder } from '../../../system/src/testing/temporary-folder.js';
import { createRegistry } from './registry.js';

const notSupported = (): Promise<void> => Promise.reject(Object.assign(new Error('no links'), { code: 'EPERM' }));

describe('registry on disk', () => {
  const folder = useTemporaryFolder();
  const directory = (): string => path.join(folder(), 'state', 'registry');
  const versions = (): readonly string[] => readdirSync(directory()).toSorted();

  describeRegistry('chain of files', () => createRegistry({ directory: directory() }));

  const allocation = (project: string): Allocation => ({
    repository: '/repo/.git',
    project,
    generation: '1f',
    worktree: `/w/${project}`,
    branch: project,
    ownsBranch: false,
    firstPort: 20_000,
    state: 'ready',
    owner: { pid: 1, startedAt: null },
  });
  const add = (project: string) => (current: readonly Allocation[]) => ({ allocations: [...current, allocation(project)], result: null });

  it('says what to do on a file system without hard links, and leaves nothing there', async () => {
    const registry = createRegistry({ directory: directory(), link: notSupported });
    await expect(registry.update(add('issue-1'))).rejects.toThrow(
      `"${directory()}" is on a file system without hard links. Set NX_FLEET_HOME to a folder on another one.`,
    );
    expect(versions()).toEqual([]);
  });

  it('reads nothing and writes nothing where there is no registry', async () => {
    expect(await createRegistry({ directory: directory() }).read()).toEqual([]);
    expect(existsSync(directory())).toBe(false);
  });

  it('keeps the last thirty versions and no temporary file', async () => {
    const registry = createRegistry({ directory: directory() });
    for (let index = 0; index < 35; index += 1) {
      await registry.update(add(`issue-${index}`));
    }
    expect(versions()).toEqual(Array.from({ length: 30 }, (_, index) => `r${index + 6}.json`).toSorted());
    expect(await registry.read()).toHaveLength(35);
  });

  it('takes the highest number for the newest, also from r9 to r10', async () => {
    const registry = createRegistry({ directory: directory() });
    for (let index = 0; index < 11; index += 1) {
      await registry.update(() => ({ allocations: [allocation(`issue-${index}`)], result: null }));
    }
    expect((await registry.read()).map(({ project }) => project)).toEqual(['issue-10']);
  });

  it('reads the generation of an earlier version', async () => {
    const { generation: incarnation, ...rest } = allocation('issue-1');
    mkdirSync(directory(), { recursive: true });
    writeFileSync(path.join(directory(), 'r1.json'), JSON.stringify({ version: 1, history: [], allocations: [{ ...rest, incarnation }] }));
    expect(await createRegistry({ directory: directory() }).read()).toEqual([allocation('issue-1')]);
  });

  it.each([
    ['is not JSON', '{'],
    ['is of another shape', '{"version":1,"history":[],"allocations":[{"project":7}]}'],
    ['is of a later format', '{"version":2}'],
  ])('names the newest file when it %s', async (_, text) => {
    mkdirSync(directory(), { recursive: true });
    writeFileSync(path.join(directory(), 'r3.json'), text);
    const registry = createRegistry({ directory: directory() });
    await expect(registry.read()).rejects.toThrow(UserError);
    await expect(registry.update(add('issue-1'))).rejects.toThrow(path.join(directory(), 'r3.json'));
    expect(versions()).toEqual(['r3.json']);
  });

  it('asks for the change again, with the newer state, when another process was faster', async () => {
    const registry = createRegistry({ directory: directory() });
    const seen: string[][] = [];
    let isFirst = true;
    const slow = createRegistry({
      directory: directory(),
      link: async (from, to) => {
        if (isFirst) {
          isFirst = false;
          await registry.update(add('faster'));
        }
        await link(from, to);
      },
    });
    await slow.update((current) => {
      seen.push(current.map(({ project }) => project));
      return add('slower')(current);
    });
    expect(seen).toEqual([[], ['faster']]);
    expect((await registry.read()).map(({ project }) => project)).toEqual(['faster', 'slower']);
  });

  it('does not win with a number that was pruned while it slept', async () => {
    const registry = createRegistry({ directory: directory() });
    await registry.update(add('first'));
    let rivals = 40;
    const slow = createRegistry({
      directory: directory(),
      link: async (from, to) => {
        for (let index = 0; index < rivals; index += 1) {
          await registry.update(add(`issue-${index}`));
        }
        rivals = 0;
        await link(from, to);
      },
    });
    await slow.update(add('slept'));
    const projects = (await registry.read()).map(({ project }) => project);
    expect(projects).toHaveLength(42);
    expect(projects.at(-1)).toBe('slept');
    expect(versions()).not.toContain('r2.json');
  });

  it('counts its update as done when others have built on it before it looked again', async () => {
    const registry = createRegistry({ directory: directory() });
    let calls = 0;
    const slow = createRegistry({
      directory: directory(),
      link: async (from, to) => {
        await link(from, to);
        for (let index = 0; index < 35; index += 1) {
          await registry.update(add(`issue-${index}`));
        }
      },
    });
    await slow.update((current) => {
      calls += 1;
      return add('early')(current);
    });
    expect(calls).toBe(1);
    expect((await registry.read()).filter(({ project }) => project === 'early')).toHaveLength(1);
  });

  const worker = `
    const { createRegistry } = await import(source('host/src/registry/registry'));
    const [directory, name, count] = process.argv.slice(1);
    const registry = createRegistry({ directory });
    for (let index = 0; index < Number(count); index += 1) {
      const project = name + '-' + index;
      const owner = { pid: 1, startedAt: null };
      await registry.update((current) => ({
        allocations: [...current, { repository: '/r', project, worktree: '/w', branch: 'b', ownsBranch: true, firstPort: 20000, state: 'ready', owner }],
        result: null,
      }));
      console.log(project);
    }
  `;

  it('loses none of two hundred updates of ten processes', async () => {
    const workers = Array.from({ length: 10 }, (_, index) => startSourceProcess(worker, [directory(), `w${index}`, '20']));
    const exits = await Promise.all(workers.map(({ exit }) => exit));
    expect(exits.every(({ exitCode }) => exitCode === 0)).toBe(true);
    const projects = (await createRegistry({ directory: directory() }).read()).map(({ project }) => project);
    expect(new Set(projects).size).toBe(200);
    expect(projects).toHaveLength(200);
  });

  it('goes on, and has lost nothing that was told done, when processes are killed in the middle', async () => {
    const victims = Array.from({ length: 4 }, (_, index) => startSourceProcess(worker, [directory(), `v${index}`, '100000']));
    const survivor = startSourceProcess(worker, [directory(), 's', '40']);
    const told = await Promise.all(
      victims.map(async (victim, index) => {
        const lines: string[] = [];
        for (let line = 0; line < 5 + 3 * index; line += 1) {
          lines.push(await victim.nextLine());
        }
        victim.child.kill('SIGKILL');
        await victim.exit;
        return lines;
      }),
    );
    expect((await survivor.exit).exitCode).toBe(0);
    const projects = (await createRegistry({ directory: directory() }).read()).map(({ project }) => project);
    expect(projects).toEqual(expect.arrayContaining(told.flat()));
    expect(projects.filter((project) => project.startsWith('s-'))).toHaveLength(40);
    expect(new Set(projects).size).toBe(projects.length);
  });
});
