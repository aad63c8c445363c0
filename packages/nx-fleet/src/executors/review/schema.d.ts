export interface ReviewExecutorSchema {
  /** Name of the agent that reviews. */
  readonly agent: string;
}
