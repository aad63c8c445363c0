/** Keeps a commit that nothing else holds any more. */
export type Keep = (commit: string) => Promise<void>;

/** One part of a repository that is compared with how it was when the watch began. */
export interface Watched {
  /** What is different, a printable line for each thing. */
  differences(): Promise<readonly string[]>;
  putBack(keep: Keep): Promise<void>;
}
