export interface E2eExecutorSchema {
  /** Name of the agent that tries the app. */
  readonly agent: string;
}
