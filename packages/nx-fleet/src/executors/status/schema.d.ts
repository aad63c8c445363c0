export interface StatusExecutorSchema {
  /** Print JSON for scripts. */
  readonly json?: boolean;
}
