export { createAppAccess } from './run/app-access.js';
export { createHost, type HostOptions } from './create-host.js';
export { guard } from './run/exit-guard.js';
export { processEnd } from './run/scratch-folders.js';
export { watchOrphaned, type OrphanWatch } from './run/run-mark.js';
