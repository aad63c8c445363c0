/** Keeps a commit that nothing else holds any more. */
export type Keep = (commit: string) => Promise<void>;

/** One part of a repository that is compared with how it was when the watch began. */
export interface Watched {
  /** What is different, a printable line for each thing. */
  differences(): Promise<readonly string[]>;
  /** Hands over, as commits, what was there when the watch began and is not any more. Nothing is put back. */
  keepLost(keep: Keep): Promise<void>;
}
