import { writeCounts } from './counts.mjs';

/** A jest reporter that leaves the counts of the run for `npm test` to sum. */
export default class TestCountsReporter {
  #projectRoot;

  constructor(globalConfig) {
    this.#projectRoot = globalConfig.rootDir;
  }

  onRunComplete(_contexts, results) {
    writeCounts(this.#projectRoot, results);
  }
}
