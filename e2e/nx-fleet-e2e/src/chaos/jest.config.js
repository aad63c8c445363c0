import { join } from 'node:path';
import e2e from '../../jest.config.js';

const PROJECT = join(import.meta.dirname, '../..');

export default {
  ...e2e,
  rootDir: PROJECT,
  displayName: 'chaos',
  testMatch: ['<rootDir>/src/chaos/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  reporters: ['default', [join(PROJECT, '../../tools/test-counts/reporter.mjs'), { name: 'chaos' }]],
};
