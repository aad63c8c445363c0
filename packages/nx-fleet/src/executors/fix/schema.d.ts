export interface FixExecutorSchema {
  /** Name of the agent that repairs. */
  readonly agent: string;
}
