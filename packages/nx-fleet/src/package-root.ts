import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/** Folder of this package: modules lie elsewhere in its sources than in what is published. */
export const PACKAGE_ROOT = dirname(createRequire(import.meta.url).resolve('nx-fleet/package.json'));
