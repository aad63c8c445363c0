import preset from '../../jest.preset.js';

export default {
  ...preset,
  displayName: 'e2e',
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
  globalSetup: '<rootDir>/src/registry/global-setup.ts',
  globalTeardown: '<rootDir>/src/registry/global-teardown.ts',
  testTimeout: 600_000,
  maxWorkers: 1,
};
