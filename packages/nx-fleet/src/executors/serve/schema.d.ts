export interface ServeExecutorSchema {
  /** Whether the app is started only once a stage asks for it. @default false */
  readonly onDemand?: boolean;
}
