/** The artifacts of stages: `.nx-fleet/out/<project>/<target>/…`, which is each target's Nx `outputs`. */
export interface ArtifactStore {
  /** Absolute path of a target's folder. */
  directory(project: string, target: string): string;
  /** Empties a target's folder before a stage writes. @param keep names in it that stay */
  clear(project: string, target: string, keep?: readonly string[]): Promise<void>;
  /** Makes a target's folder what another one is. */
  copy(project: string, from: string, to: string): Promise<void>;
  /** Text of one artifact, or null if there is none. */
  read(project: string, target: string, file: string): Promise<string | null>;
  write(project: string, target: string, file: string, text: string): Promise<void>;
}
