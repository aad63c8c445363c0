import { existsSync } from 'node:fs';
import { parseSettings, type BackgroundCommand } from '@nx-fleet/core';
import type { Adapters } from '../adapters.js';
import { startRefill } from './start-refill.js';

const location = { mainWorktree: '/repo', currentWorktree: '/repo', commonDirectory: '/repo/.git' };

async function start(spares: number, env: Readonly<Record<string, string>> = {}): Promise<readonly BackgroundCommand[]> {
  const started: BackgroundCommand[] = [];
  const startInBackground = async (command: BackgroundCommand): Promise<unknown> => started.push(command);
  const settings = parseSettings([{ file: 'nx.json', value: { worktrees: { spares, passEnv: ['REGISTRY_TOKEN'] } } }]);
  await startRefill({ location, settings, commit: 'c0ffee' }, { host: { env, startInBackground } } as unknown as Adapters);
  return started;
}

describe('startRefill', () => {
  it('starts the refill of this repository, at this commit, with a log in its state', async () => {
    const [command, ...others] = await start(1);
    expect(others).toEqual([]);
    expect(command).toMatchObject({
      args: ['/repo', 'c0ffee'],
      cwd: '/repo',
      passEnv: ['REGISTRY_TOKEN'],
      logFile: '/repo/.nx-fleet/local/spares.log',
    });
    expect(existsSync((command?.module ?? '').replace('/dist/', '/src/').replace(/\.js$/, '.ts'))).toBe(true);
  });

  it('starts nothing where no spare is wanted, or nobody would come for it', async () => {
    expect(await start(0)).toEqual([]);
    expect(await start(1, { CI: 'true' })).toEqual([]);
  });
});
