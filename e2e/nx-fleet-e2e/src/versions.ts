/** The Nx versions that we say we support, each with the devkit that belongs to it. */
export const NX_VERSIONS = [
  { nxVersion: '22.7.11', devkitVersion: '22.7.11' },
  { nxVersion: '23.3.1', devkitVersion: '23.3.1' },
  { nxVersion: '24.0.6', devkitVersion: '24.0.0' },
] as const;

export const NEWEST_NX = NX_VERSIONS[2];
export const OLDER_NX = NX_VERSIONS.slice(0, 2);

/** Whether everything is tested, as before a release; else what finds most faults in a quarter of an hour. */
export const TESTS_ALL = process.env['NX_FLEET_TEST_ALL'] === '1';

/** A test that only `npm run test:all` runs. */
export const itInFull = TESTS_ALL ? it : it.skip;

/** What suites about Nx itself run on; `compatibility.spec.ts` always runs on the older ones. */
export const TESTED_NX = TESTS_ALL ? NX_VERSIONS : [NEWEST_NX];
