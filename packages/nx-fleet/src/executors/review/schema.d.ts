export interface ReviewExecutorSchema {
  /** Name of the agent that reviews. */
  readonly agent: string;
  /** What is reviewed. @default 'issue' */
  readonly subject?: 'issue' | 'project';
}
