import { rmSync } from 'node:fs';
import { DemoFailure } from './src/checks.mjs';
import { parseOptions, USAGE } from './src/options.mjs';
import { checkMainWorktree, checkScriptedRun } from './src/outcome.mjs';
import { print, printHeading, seconds } from './src/print.mjs';
import { endAllProcesses, runOrFail } from './src/processes.mjs';
import { configureFleet, createPlace, makeWorkspace } from './src/sample-workspace.mjs';
import { makeWorktrees, nxOrFail, reviewAgain, reviewAll, startAllApps } from './src/steps.mjs';

const EXIT_CODE_OF_SIGNAL = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

class Interruption extends Error {
  constructor(name, exitCode) {
    super(name);
    this.exitCode = exitCode;
  }
}

async function main(args) {
  const options = parseOptions(args);
  if (options.help) return print(USAGE);
  if (!options.isScripted) await runOrFail([options.agent, '--version'], { cwd: process.cwd(), env: process.env });
  const place = createPlace(options);
  const startedAt = performance.now();
  try {
    introduce(options, place);
    await Promise.race([runSteps(options, place), interruption()]);
    print(`\nAll as it should be, in ${seconds(performance.now() - startedAt)}.`);
  } finally {
    await endAllProcesses();
    leave(options, place);
  }
}

async function runSteps(options, place) {
  printHeading('A small shop: an HTTP API, a catalog library, a SQLite database, three issues in docs/issues');
  await makeWorkspace(place, options);
  print(`Made ${place.workspace}, with nx-fleet installed from this repository's packages.`);
  printHeading('Add nx-fleet (what "nx add nx-fleet" runs once it is installed)');
  await nxOrFail(['g', 'nx-fleet:init'], place);
  await configureFleet(place, options);
  printHeading('A worktree for each issue');
  await makeWorktrees(place);
  printHeading('Plan, build, check and review all issues, in parallel and in order of their blockers');
  const first = await reviewAll(place);
  if (options.isScripted) await checkScriptedRun(first, place);
  printHeading('Where everything stands');
  await nxOrFail(['run', 'fleet:status'], place);
  printHeading('All three apps at once');
  await startAllApps(place);
  printHeading('The same run again');
  await reviewAgain(place, first);
  await checkMainWorktree(place);
}

function introduce({ agent, isScripted }, { folder }) {
  print('nx-fleet demo: three issues of a sample shop, from Markdown files to reviewed branches, in parallel.');
  print(
    isScripted
      ? 'The agents are scripted stand-ins: no model is asked and nothing is paid. Worktrees, databases, tests, commits, checks and cache are real.'
      : `The agent is the real ${agent}, with your login. It can take some minutes and costs what ${agent} costs.`,
  );
  print(`Everything happens in ${folder}.`);
}

function leave({ keep }, { folder, workspace }) {
  if (!keep) return rmSync(folder, { recursive: true, force: true });
  print(`\nThe workspace is ${workspace}. Look around there; remove it with: rm -rf ${folder}`);
}

/** Rejects when the demo is told to end, or when nobody reads its output any more. */
function interruption() {
  return new Promise((_, reject) => {
    for (const [signal, exitCode] of Object.entries(EXIT_CODE_OF_SIGNAL))
      process.on(signal, () => reject(new Interruption(signal, exitCode)));
    process.stdout.on('error', (error) => reject(new Interruption(error.code, 1)));
  });
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof Interruption) process.exit(error.exitCode);
  if (!(error instanceof DemoFailure)) throw error;
  process.stderr.write(`\n${error.message}\n`);
  process.exitCode = 1;
}
