import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchLeftovers } from './leftovers.mjs';

describe('what a run leaves behind', () => {
  let root;
  let watch;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'nx-fleet-leftovers-'));
    watch = watchLeftovers(root);
  });
  afterEach(() => {
    watch.remove();
    rmSync(root, { recursive: true });
  });

  it('is nothing where it cleaned up, whatever node keeps for its next start', async () => {
    mkdirSync(join(watch.env.TMPDIR, 'v8-compile-cache-0'));
    expect(await watch.find()).toEqual([]);
  });

  it('is a temporary folder', async () => {
    mkdirSync(join(watch.env.TMPDIR, 'nx-fleet-x'));
    expect(await watch.find()).toEqual([`temporary ${join(watch.env.TMPDIR, 'nx-fleet-x')}`]);
  });

  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux(
    'is a process in a session of its own that has nothing of the run but PATH',
    async () => {
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
        cwd: '/',
        env: { PATH: watch.env.PATH },
        detached: true,
      });
      try {
        expect(await watch.find(0)).toEqual([expect.stringMatching(`^process ${child.pid} `)]);
      } finally {
        child.kill('SIGKILL');
      }
    },
    20_000,
  );
});
