import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';

const source = import.meta.dirname;
const folders = ['generators', 'executors'].flatMap((kind) =>
  readdirSync(join(source, kind), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => [`${kind}/${entry.name}`] as const),
);

describe('schemas', () => {
  it.each(folders)('%s has the same options in schema.json and schema.d.ts', (folder) => {
    const schema = JSON.parse(readFileSync(join(source, folder, 'schema.json'), 'utf8')) as { properties: object; required?: string[] };
    const declaration = readFileSync(join(source, folder, 'schema.d.ts'), 'utf8');
    const declared = [...declaration.matchAll(/^ {2}readonly (\w+)(\??):/gm)].map(([, name, optional]) => ({
      name,
      isRequired: optional === '',
    }));
    expect(declared.map(({ name }) => name)).toEqual(Object.keys(schema.properties));
    expect(declared.filter(({ isRequired }) => isRequired).map(({ name }) => name)).toEqual(schema.required ?? []);
  });

  it.each(folders)('%s is registered', (folder) => {
    const [kind, name] = folder.split('/') as [string, string];
    const registry = JSON.parse(readFileSync(join(source, '..', `${kind}.json`), 'utf8')) as Record<
      string,
      Record<string, { schema: string }>
    >;
    expect(registry[kind]?.[name]?.schema).toBe(`./dist/${folder}/schema.json`);
    expect(existsSync(join(source, folder, kind === 'generators' ? 'generator.ts' : 'executor.ts'))).toBe(true);
  });
});
