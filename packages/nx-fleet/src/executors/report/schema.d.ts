export interface ReportExecutorSchema {
  /** Print JSON for scripts. */
  readonly json?: boolean;
  /** Count from a time: `7d`, `2026-11-01`. @default everything */
  readonly since?: string;
}
