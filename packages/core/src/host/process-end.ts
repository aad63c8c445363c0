/** A folder that is of use to this process alone. */
export interface ScratchFolder {
  /** Its real path. */
  readonly directory: string;
  remove(): Promise<void>;
}

export interface ScratchFolders {
  create(): Promise<ScratchFolder>;
}

/** What must not outlive this process. */
export interface ProcessEnd {
  /** Folders that go with this process when a signal ends it; those of a killed one are found by their names. */
  readonly scratch: ScratchFolders;
  /** Has a child's process group end when a signal ends this process. @param leader its process id @returns what forgets it */
  guardGroup(leader: number): () => void;
}

/** Acts with a new folder and removes it afterwards. */
export async function withScratchFolder<Result>(folders: ScratchFolders, act: (directory: string) => Promise<Result>): Promise<Result> {
  const { directory, remove } = await folders.create();
  try {
    return await act(directory);
  } finally {
    await remove();
  }
}
