import { writeCounts } from './counts.mjs';

/** A jest reporter that leaves the counts of the run for `npm test` to sum. */
export default class TestCountsReporter {
  #projectRoot;
  #name;

  /** `name` tells runs of one project apart. */
  constructor(globalConfig, { name } = {}) {
    this.#projectRoot = globalConfig.rootDir;
    this.#name = name;
  }

  onRunComplete(_contexts, results) {
    writeCounts(this.#projectRoot, results, this.#name);
  }
}
