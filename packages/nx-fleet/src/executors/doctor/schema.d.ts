export interface DoctorExecutorSchema {
  /** Only say what would be repaired. */
  readonly dryRun?: boolean;
  /** Print JSON for scripts. */
  readonly json?: boolean;
  /** Issue, project or ref whose kept work is wanted back as a branch. */
  readonly restore?: number | string;
  /** Git directory of a repository that is gone for good: its names, ports and spares are released. */
  readonly release?: string;
  /** Forget what was kept longer ago than so many days. */
  readonly expire?: number;
}
