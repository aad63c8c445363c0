import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { WATCHDOG } from './cluster-watchdog.js';
import { startPostgresCluster } from './postgres-cluster.js';

/** Lives until it is killed, with a watchdog over the folder that it gets. */
const HOLDER = `
const [watchdog, folder] = process.argv.slice(1);
const options = { detached: true, stdio: ['pipe', 'ignore', 'ignore'] };
require('node:child_process').spawn(process.execPath, ['--input-type=commonjs', '-e', watchdog, folder], options);
setInterval(() => {}, 1000);
console.log('watched');
`;

describe('a PostgreSQL cluster for specs', () => {
  it('answers as PostgreSQL 18, on 127.0.0.1 only, and leaves nothing', async () => {
    const cluster = await startPostgresCluster();
    const client = new Client({ connectionString: cluster.url('postgres') });
    await client.connect();
    const { rows } = await client.query<{ folder: string }>(
      `SELECT current_setting('server_version_num') AS version, current_setting('listen_addresses') AS host, current_setting('data_directory') AS folder`,
    );
    expect(rows).toEqual([{ version: expect.stringMatching(/^18/), host: '127.0.0.1', folder: expect.anything() }]);
    await client.end();
    const folder = rows[0]?.folder ?? '';
    const pid = Number((await readFile(join(folder, 'postmaster.pid'), 'utf8')).split('\n')[0]);
    await cluster.stop();
    await cluster.stop();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    await expect(stat(folder)).rejects.toThrow('ENOENT');
  }, 60_000);

  it('is cleared away when the process that started it is killed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nx-fleet-postgres-'));
    const holder = spawn(process.execPath, ['-e', HOLDER, WATCHDOG, folder], { env: {}, stdio: ['ignore', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');
    holder.kill('SIGKILL');
    const isGone = (): Promise<boolean> =>
      stat(folder).then(
        () => false,
        () => true,
      );
    for (let attempt = 0; attempt < 200 && !(await isGone()); attempt += 1) {
      await sleep(50);
    }
    await expect(isGone()).resolves.toBe(true);
  }, 30_000);
});
