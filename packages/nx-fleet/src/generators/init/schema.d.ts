export interface InitGeneratorSchema {
  /** Do not format the files that change. */
  readonly skipFormat?: boolean;
}
