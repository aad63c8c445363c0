export { busyPorts } from './busy-ports.js';
export { exclusively, exclusiveWork } from './exclusively.js';
export {
  isMissingFile,
  namesIn,
  nullIfAbsent,
  readFileIfPresent,
  removeLeftovers,
  replaceFile,
  systemErrorCode,
  temporaryName,
  writeDurably,
  writePrivateFile,
} from './files.js';
export { withLease } from './lease.js';
export { isFolder, isInside, leadsInside, pathExists } from './paths.js';
export { pidNamespace, processIds } from './proc-source.js';
export { endProcessGroup, hasMembers, marksOf, RUN_VARIABLE, signalProcessGroup, type ProcessGroup } from './process-group.js';
export { identifyProcess, isProcessAlive, isTagOfEndedProcess, isVisible, ownProcessTag, processPlace } from './process-identity.js';
export { processesIn } from './processes-in.js';
export { processSource, type ProcessEntry } from './process-source.js';
