import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// Writes the published schemas anew from the built core: `npx nx build core && node tools/artifact-schemas/run.mjs && npm run format`.
const root = join(import.meta.dirname, '..', '..');
const directory = join(root, 'packages', 'nx-fleet', 'schemas');
const { artifactSchemas } = await import(pathToFileURL(join(root, 'packages', 'core', 'dist', 'index.js')).href);

mkdirSync(directory, { recursive: true });
for (const [name, schema] of Object.entries(artifactSchemas())) {
  writeFileSync(join(directory, `${name}.schema.json`), `${JSON.stringify(schema, null, 2)}\n`);
}
