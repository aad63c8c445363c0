export interface GateExecutorSchema {
  /** What is reviewed. @default 'issue' */
  readonly subject?: 'issue' | 'project';
}
