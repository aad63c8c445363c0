import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Ends the server whose data folder it gets, and removes the folder, once its standard input ends: also when the process that held
 * the other end was killed. Text for `node -e`: a process of its own cannot load TypeScript.
 */
export const WATCHDOG = `
const [folder] = process.argv.slice(1);
const { readFileSync, rmSync } = require('node:fs');
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
const serverPid = () => {
  try {
    return Number(readFileSync(folder + '/postmaster.pid', 'utf8').split('\\n')[0]);
  } catch (error) {
    if (error.code === 'ENOENT') return 0;
    throw error;
  }
};
const signal = (pid, name) => {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if (error.code === 'ESRCH') return false;
    throw error;
  }
};
const remove = () => {
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
};
process.stdin.resume();
process.stdin.on('end', () => {
  const pid = serverPid();
  if (pid === 0) return remove();
  signal(pid, 'SIGINT');
  const deadline = Date.now() + 10_000;
  const timer = setInterval(() => {
    if (signal(pid, 0) && Date.now() < deadline) return;
    clearInterval(timer);
    signal(pid, 'SIGKILL');
    remove();
  }, 20);
});
`;

/** Watches over a server's data folder for as long as this process lives. @returns what ends the server and removes the folder */
export function watchCluster(folder: string): () => Promise<void> {
  const watchdog = spawn(process.execPath, ['--input-type=commonjs', '-e', WATCHDOG, folder], {
    env: {},
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const ended = once(watchdog, 'close');
  return async () => {
    watchdog.stdin.end();
    const [exitCode] = (await ended) as [number | null];
    if (exitCode !== 0) {
      throw new Error(`The data folder "${folder}" was not cleared away: exit code ${String(exitCode)}`);
    }
  };
}
