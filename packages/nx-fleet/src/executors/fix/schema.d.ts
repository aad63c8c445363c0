export interface FixExecutorSchema {
  /** Name of the agent that fixes. */
  readonly agent: string;
}
