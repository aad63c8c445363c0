export interface PublishReviewExecutorSchema {
  /** Print the report as JSON. */
  readonly json?: boolean;
}
