import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processIds } from '@nx-fleet/system';
import { isGoneSoon } from '../../../system/src/testing/processes.js';
import { startSourceProcess } from '../../../system/src/testing/source-process.js';
import { useTemporaryFolder } from '../../../system/src/testing/temporary-folder.js';
import { discardDirectory, sweepDiscarded } from './discard-directory.js';

const env = { PATH: process.env['PATH'] ?? '' };

describe('discarding a folder', () => {
  const folder = useTemporaryFolder();
  const names = (): readonly string[] => readdirSync(folder()).toSorted();
  const fill = (name: string, files: number): string => {
    for (let index = 0; index < files; index += 1) {
      const place = path.join(folder(), name, String(index % 40));
      mkdirSync(place, { recursive: true });
      writeFileSync(path.join(place, String(index)), '');
    }
    return path.join(folder(), name);
  };
  const becomes = async (expected: readonly string[]): Promise<void> => {
    for (let round = 0; round < 900 && names().join() !== expected.join(); round += 1) await sleep(50);
    expect(names()).toEqual(expected);
  };
  const deleters = (): readonly number[] =>
    processIds().filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${folder()}/.nx-fleet-discarded-`);
      } catch {
        return false;
      }
    });

  it('has it gone at once and its content soon, and nothing else', async () => {
    fill('kept', 3);
    await discardDirectory(fill('large', 500), env);
    expect(names()).not.toContain('large');
    await becomes(['kept']);
    expect(readdirSync(path.join(folder(), 'kept'))).toHaveLength(3);
  });

  it('does not mind when there is none', async () => {
    writeFileSync(path.join(folder(), 'file'), '');
    await discardDirectory(path.join(folder(), 'none'), env);
    await discardDirectory(path.join(folder(), 'file', 'below'), env);
    expect(names()).toEqual(['file']);
  });

  it('does not follow links', async () => {
    const kept = fill('kept', 3);
    const doomed = fill('doomed', 1);
    symlinkSync(kept, path.join(doomed, 'link'));
    await discardDirectory(doomed, env);
    await becomes(['kept']);
    expect(readdirSync(kept)).toHaveLength(3);
  });

  it('sweeps what is left of discards, and only that', async () => {
    fill('.nx-fleet-discarded-0123456789ab', 200);
    fill('.nx-fleet-discarded-mine', 1);
    fill('kept', 1);
    expect(await sweepDiscarded(folder())).toBe(1);
    expect(names()).toEqual(['.nx-fleet-discarded-mine', 'kept']);
    expect(await sweepDiscarded(folder())).toBe(0);
    expect(await sweepDiscarded(path.join(folder(), 'none'))).toBe(0);
  });

  it('sweeps along with a process that removes the same', async () => {
    await discardDirectory(fill('large', 2_000), env);
    await sweepDiscarded(folder());
    expect(names()).toEqual([]);
  });

  it('sweeps what is left when everything is killed half-way', async () => {
    const script = `import { discardDirectory } from source('host/src/state/discard-directory');
      console.log('ready');
      await discardDirectory(process.argv[1], process.env);
      setTimeout(() => undefined, 60_000);`;
    for (const delayMs of [0, 60, 120]) {
      const { child, nextLine, exit } = startSourceProcess(script, [fill('large', 2_000)]);
      await nextLine();
      await sleep(delayMs);
      child.kill('SIGKILL');
      await exit;
      for (const pid of deleters()) {
        process.kill(pid, 'SIGKILL');
        expect(await isGoneSoon(pid)).toBe(true);
      }
      // Whatever was done: the folder is whole, or aside, or gone.
      await discardDirectory(path.join(folder(), 'large'), env);
      await sweepDiscarded(folder());
      await becomes([]);
    }
  });

  describe('that forbids it', () => {
    // The superuser may delete everything: only as another user is anything forbidden.
    const asOther = async (act: () => Promise<void>): Promise<void> => {
      const isRoot = process.getuid?.() === 0;
      if (isRoot) chownSync(folder(), 65_534, 65_534);
      if (isRoot) process.seteuid?.(65_534);
      try {
        await act();
      } finally {
        if (isRoot) process.seteuid?.(0);
      }
    };
    const protect = (name: string): string => {
      const inner = path.join(fill(name, 1), '0');
      chmodSync(inner, 0o555);
      return inner;
    };

    it('to its owner is opened, and is gone', async () => {
      await asOther(async () => {
        protect('doomed');
        await discardDirectory(path.join(folder(), 'doomed'), env);
        await becomes([]);
        protect('.nx-fleet-discarded-0123456789ab');
        expect(await sweepDiscarded(folder())).toBe(1);
        expect(names()).toEqual([]);
      });
    });

    const itAsRoot = process.getuid?.() === 0 ? it : it.skip;

    itAsRoot('to everybody but another user is named once with the command, and the others are removed', async () => {
      const inner = protect('.nx-fleet-discarded-0123456789ab');
      chmodSync(path.dirname(inner), 0o755);
      await asOther(async () => {
        fill('.nx-fleet-discarded-ba9876543210', 1);
        const left = path.join(folder(), '.nx-fleet-left-0123456789ab');
        await expect(sweepDiscarded(folder())).rejects.toThrow(`sudo rm -rf "${left}"`);
        expect(names()).toEqual(['.nx-fleet-left-0123456789ab']);
        expect(await sweepDiscarded(folder())).toBe(0);
      });
    });
  });
});
