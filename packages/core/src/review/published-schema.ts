/** Counts up when a program that reads the file can no longer take it as it did. */
export const ARTIFACT_VERSION = 1;

/** Where an artifact's schema stands, seen from `.nx-fleet/out/<project>/<target>/`: editors look there. */
export function schemaReference(name: 'review' | 'verdict'): string {
  return `../../../../node_modules/nx-fleet/schemas/${name}.schema.json`;
}
