import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { artifactSchemas } from '@nx-fleet/core';

const directory = join(import.meta.dirname, '..', 'schemas');
const HOW = 'npx nx build core && node tools/artifact-schemas/run.mjs && npm run format';

describe('the published schemas', () => {
  it.each(Object.entries(artifactSchemas()))('%s.schema.json is what the code reads and writes', (name, schema) => {
    const published: unknown = JSON.parse(readFileSync(join(directory, `${name}.schema.json`), 'utf8'));
    expect([HOW, published]).toEqual([HOW, JSON.parse(JSON.stringify(schema))]);
  });

  it('are all of this version', () => {
    expect(readdirSync(directory).sort()).toEqual(Object.keys(artifactSchemas()).map((name) => `${name}.schema.json`));
  });

  it('are in the package, where the artifacts say that they are', () => {
    const { files, exports } = JSON.parse(readFileSync(join(directory, '..', 'package.json'), 'utf8')) as {
      files: string[];
      exports: Record<string, unknown>;
    };
    expect(files).toContain('schemas');
    expect(exports).toHaveProperty(['./schemas/*.schema.json'], './schemas/*.schema.json');
  });
});
