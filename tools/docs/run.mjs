import { join } from 'node:path';
import { checkDocs } from './check-docs.mjs';

async function main() {
  try {
    const faults = await checkDocs(join(import.meta.dirname, '..', '..'));
    process.stdout.write(faults.length === 0 ? 'The documentation is in order.\n' : `${faults.join('\n')}\nProblems: ${faults.length}\n`);
    process.exitCode = faults.length === 0 ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

void main();
