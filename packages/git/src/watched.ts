/** Keeps a commit that nothing else holds any more. */
export type Keep = (commit: string) => Promise<void>;

/** One part of a repository that is compared with how it was when the watch began. */
export interface Watched {
  /** What is different, a printable line for each thing. */
  differences(): Promise<readonly string[]>;
  putBack(keep: Keep): Promise<void>;
}

/** Acts for each in turn; one that fails does not keep the others from it. @throws AggregateError of all failures, at the end */
export async function eachInTurn<Item>(items: readonly Item[], act: (item: Item) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  for (const item of items) {
    try {
      await act(item);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('; '));
}
