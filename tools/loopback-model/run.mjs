import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startLoopbackModel } from './server.mjs';

/**
 * `--rules` is read at each request, so that a test can change it; each request becomes one line of `--log`. The URL is the first line of
 * stdout. `--alone` is for a network namespace of its own, where loopback is down at first.
 */
const { values } = parseArgs({
  options: { rules: { type: 'string' }, log: { type: 'string' }, alone: { type: 'boolean', default: false } },
});
if (values.rules === undefined || values.log === undefined) {
  process.stderr.write('usage: node run.mjs --rules FILE --log FILE [--alone]\n');
  process.exitCode = 2;
} else {
  if (values.alone) execFileSync('ip', ['link', 'set', 'lo', 'up']);
  const model = await startLoopbackModel({
    rules: () => JSON.parse(readFileSync(values.rules, 'utf8')),
    onRequest: (request) => appendFileSync(values.log, `${JSON.stringify(request)}\n`),
  });
  process.stdout.write(`${model.url}\n`);
  const end = () => void model.stop().then(() => process.exit(0));
  process.once('SIGTERM', end).once('SIGINT', end);
}
