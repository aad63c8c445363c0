import { installAgents } from './install.mjs';
import { chooseAgents, VERSIONS } from './programs.mjs';

/**
 * `install` fills the cache when `NX_FLEET_REAL_AGENTS` says so: `1` fails without the programs, `try` says why and goes on without them.
 * `where` prints the programs that the end-to-end suites run, as JSON.
 */
function main(command, env) {
  if (command === 'where') {
    process.stdout.write(`${JSON.stringify(chooseAgents(env))}\n`);
    return true;
  }
  if (command !== 'install') {
    process.stderr.write(`"${command ?? ''}" is not one of: install, where.\n`);
    return false;
  }
  const wanted = env.NX_FLEET_REAL_AGENTS ?? '';
  const problem = ['1', 'try'].includes(wanted) ? installAgents(env) : null;
  process.stdout.write(`${statement(problem, env)}\n`);
  return problem === null || wanted !== '1';
}

function statement(problem, env) {
  const names = Object.entries(VERSIONS).map(([name, version]) => `${name}@${version}`);
  if (problem !== null) return `real agents: skipped, because ${problem}; scripted stand-ins serve`;
  if (chooseAgents(env).real) return `real agents: ${names.join(', ')}`;
  return 'real agents: off, scripted stand-ins serve; NX_FLEET_REAL_AGENTS=1 installs the real programs (about 800 MB, once)';
}

process.exitCode = main(process.argv[2], process.env) ? 0 : 1;
