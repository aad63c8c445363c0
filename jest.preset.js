import { availableParallelism } from 'node:os';
import { join } from 'node:path';

export default {
  // Not in the temporary folder, which each run of all tests has of its own.
  cacheDirectory: join(import.meta.dirname, 'node_modules/.cache/jest'),
  // Specs wait for servers, processes and git: one worker, jest's choice for two cores, would leave a core idle.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  testEnvironment: 'node',
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironmentOptions: { customExportConditions: ['@nx-fleet/source', 'node', 'node-addons'] },
  reporters: ['default', join(import.meta.dirname, 'tools/test-counts/reporter.mjs')],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { swcrc: false, jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } }],
  },
};
