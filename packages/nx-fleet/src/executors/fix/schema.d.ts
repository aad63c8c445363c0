export interface FixExecutorSchema {
  /** Name of the agent that mends. */
  readonly agent: string;
}
