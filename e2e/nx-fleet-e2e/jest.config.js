import preset from '../../jest.preset.js';

/** What is whole in itself and long: batteries of the agents' programs. */
const ONLY_IN_ALL = ['fallback', 'model-faults', 'real-agents'];
const TESTS_ALL = process.env['NX_FLEET_TEST_ALL'] === '1';

export default {
  ...preset,
  displayName: 'e2e',
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', ...(TESTS_ALL ? [] : ONLY_IN_ALL.map((name) => `/src/${name}.spec.ts$`))],
  globalSetup: '<rootDir>/src/global-setup.mjs',
  globalTeardown: '<rootDir>/src/global-teardown.mjs',
  testTimeout: 600_000,
  maxWorkers: 2,
};
