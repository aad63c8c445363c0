import { join } from 'node:path';
import e2e from './jest.config.js';

export default {
  ...e2e,
  displayName: 'chaos',
  testMatch: ['<rootDir>/src/chaos/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  reporters: ['default', [join(import.meta.dirname, '../../tools/test-counts/reporter.mjs'), { name: 'chaos' }]],
};
