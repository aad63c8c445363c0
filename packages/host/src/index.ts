export { createAppAccess } from './app-access.js';
export { createHost, type HostOptions } from './create-host.js';
export { guard } from './exit-guard.js';
export { processEnd } from './process-end.js';
export { watchOrphaned, type OrphanWatch } from './orphan-signal.js';
