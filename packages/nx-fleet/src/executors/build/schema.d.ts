export interface BuildExecutorSchema {
  /** Name of the agent that writes. */
  readonly agent: string;
}
