export { busyPorts } from './busy-ports.js';
export { exclusively, exclusiveWork } from './exclusively.js';
export { removeLeftovers, replaceFile, temporaryName, writeDurably, writePrivateFile } from './files.js';
export { withLease } from './lease.js';
export {
  isFolder,
  isInside,
  isMissingFile,
  leadsInside,
  namesIn,
  nullIfAbsent,
  pathExists,
  readFileIfPresent,
  systemErrorCode,
} from './paths.js';
export { pidNamespace, processIds } from './proc-source.js';
export { endProcessGroup, hasMembers, marksOf, RUN_VARIABLE, signalProcessGroup, type ProcessGroup } from './process-group.js';
export { identifyProcess, isProcessAlive, isTagOfEndedProcess, isVisible, ownProcessTag, processPlace } from './process-identity.js';
export { processesIn, processSource, type ProcessEntry } from './process-source.js';
