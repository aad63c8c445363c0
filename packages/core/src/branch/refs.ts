export const BACKUPS = 'refs/nx-fleet/backup/';

/** The head that the last build put on an issue's branch: what is there and is not this, the user made. */
export function builtRef(project: string): string {
  return `refs/nx-fleet/built/${project}`;
}

/** Exists while a writer is at work; left behind, it says that the work tree holds an interrupted attempt. */
export function buildingRef(project: string): string {
  return `refs/nx-fleet/building/${project}`;
}

/** Exists while checks are at work; left behind, it says that what is in the work tree may be theirs. */
export function checkingRef(project: string): string {
  return `refs/nx-fleet/checking/${project}`;
}

/** Where work is kept that a command removed: `refs/nx-fleet/backup/issue-42/20261122T160000Z`. */
export function backupRef(project: string, at: Date): string {
  return `${BACKUPS}${project}/${at.toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '')}`;
}
