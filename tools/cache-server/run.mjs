import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startRelay } from './relay.mjs';
import { startCacheServer } from './server.mjs';

const USAGE = `usage: CACHE_WRITE_TOKEN=… [CACHE_READ_TOKEN=…] node run.mjs --directory FOLDER [--port NUMBER] [--socket FILE] [--log FILE]
       node run.mjs --relay FILE [--alone]
`;

/**
 * The URL is the first line of stdout. Tokens come by the environment: other users see arguments. Each request becomes one line of `--log`.
 * `--relay` is for a network namespace of its own, where loopback is down at first (`--alone`), and passes all on to a server's `--socket`.
 */
const { values } = parseArgs({
  options: {
    directory: { type: 'string' },
    port: { type: 'string', default: '0' },
    socket: { type: 'string' },
    log: { type: 'string' },
    relay: { type: 'string' },
    alone: { type: 'boolean', default: false },
  },
});
const { CACHE_WRITE_TOKEN: write, CACHE_READ_TOKEN: read } = process.env;
if (values.relay === undefined && (values.directory === undefined || !write)) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else {
  if (values.alone) execFileSync('ip', ['link', 'set', 'lo', 'up']);
  const { url, stop } = values.relay === undefined ? await startCacheServer(serverOptions()) : await startRelay(values.relay);
  process.stdout.write(`${url}\n`);
  const end = () => void stop().then(() => process.exit(0));
  process.once('SIGTERM', end).once('SIGINT', end);
}

function serverOptions() {
  const { directory, socket, log } = values;
  const onRequest = log === undefined ? undefined : (request) => appendFileSync(log, `${JSON.stringify(request)}\n`);
  // An empty variable is none: it would be a token that anyone has.
  return { directory, socket, onRequest, tokens: { write, read: read || undefined }, port: Number(values.port) };
}
