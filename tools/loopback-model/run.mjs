import { appendFileSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startLoopbackModel } from './server.mjs';

/** `--rules` is read at each request, so that a test can change it; each request becomes one line of `--log`. The URL is the first line of stdout. */
const { values } = parseArgs({ options: { rules: { type: 'string' }, log: { type: 'string' } } });
if (values.rules === undefined || values.log === undefined) {
  process.stderr.write('usage: node run.mjs --rules FILE --log FILE\n');
  process.exitCode = 2;
} else {
  const model = await startLoopbackModel({
    rules: () => JSON.parse(readFileSync(values.rules, 'utf8')),
    onRequest: (request) => appendFileSync(values.log, `${JSON.stringify(request)}\n`),
  });
  process.stdout.write(`${model.url}\n`);
  const end = () => void model.stop().then(() => process.exit(0));
  process.once('SIGTERM', end).once('SIGINT', end);
}
