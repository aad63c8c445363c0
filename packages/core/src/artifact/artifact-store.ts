import type { z } from 'zod';

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

/** A stored artifact, or null when there is none or it is not one of this version: anything may have written or cut it. */
export function parseArtifact<Value>(text: string | null, schema: z.ZodType<Value>): Value | null {
  return text === null ? null : (schema.safeParse(parseJson(text)).data ?? null);
}

/** The value of a JSON text, with or without a byte order mark; undefined for anything else, such as an agent's output, a torn line or a login page. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
