import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { clearCounts, formatCounts, readCounts, slowestSuites } from '../test-counts/counts.mjs';
import { install } from './install.mjs';
import { watchLeftovers } from './leftovers.mjs';
import { runStep } from './run-step.mjs';

const ROOT = join(import.meta.dirname, '..', '..');
const OLDEST_NODE = [20, 19];
const ENV = { NX_DAEMON: 'false', NX_TUI: 'false', ...process.env };

const SLOWEST = 10;

const tasks = {
  test: () => test({ NX_FLEET_REAL_AGENTS: '0' }),
  'test:all': () => test({ NX_FLEET_TEST_ALL: '1', NX_FLEET_REAL_AGENTS: 'try' }),
  demo,
};

/** @param defaults variables that say what is tested */
async function test(defaults) {
  clearCounts(ROOT);
  const leftovers = watchLeftovers(ROOT);
  const env = { ...defaults, ...ENV, ...leftovers.env };
  const failed = [];
  for (const { title, ...step } of testSteps()) {
    if (!(await runStep(title, { cwd: ROOT, env, ...step }))) failed.push(title);
  }
  const left = await leftovers.find();
  if (left.length > 0) failed.push('nothing is left behind');
  leftovers.remove();
  const counts = readCounts(ROOT);
  const slowest = slowestSuites(ROOT, SLOWEST).map(({ suite, seconds }) => `${String(seconds).padStart(6)} s  ${suite}`);
  process.stdout.write(`\nThe slowest suites:\n${slowest.join('\n')}\n`);
  if (left.length > 0) process.stdout.write(`\nLeft behind:\n${left.join('\n')}\n`);
  process.stdout.write(failed.length === 0 ? '\nEvery step succeeded.\n' : `\nFailed: ${failed.join(', ')}\n`);
  process.stdout.write(`${formatCounts(counts)}\n`);
  return failed.length === 0 && counts.failed === 0;
}

function testSteps() {
  const steps = [{ title: 'check', command: 'npm', args: ['run', '--silent', 'check', '--', '--output-style=static'] }];
  if (!existsSync(join(ROOT, 'e2e', 'nx-fleet-e2e'))) return steps;
  return [
    ...steps,
    { title: 'agents', command: process.execPath, args: [join(ROOT, 'tools', 'agent-clis', 'run.mjs'), 'install'] },
    { title: 'end-to-end', command: 'npm', args: ['run', '--silent', 'e2e', '--', '--output-style=static'] },
  ];
}

async function demo(args) {
  const script = join(ROOT, 'tools', 'demo', 'run.mjs');
  if (!existsSync(script)) {
    process.stderr.write('There is no demo in this version: "tools/demo/run.mjs" does not exist.\n');
    return false;
  }
  const built = await runStep('build', { command: 'npm', args: ['run', '--silent', 'build'], cwd: ROOT, env: ENV });
  return built && runStep('demo', { command: process.execPath, args: [script, ...args], cwd: ROOT });
}

async function main([name, ...args]) {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    process.stderr.write(`Node ${process.versions.node} is too old. Install Node ${OLDEST_NODE.join('.')} or newer.\n`);
    return false;
  }
  if (!Object.hasOwn(tasks, name ?? '')) {
    process.stderr.write(`"${name ?? ''}" is not one of: ${Object.keys(tasks).join(', ')}.\n`);
    return false;
  }
  return (await install(ROOT)) && tasks[name](args);
}

process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
