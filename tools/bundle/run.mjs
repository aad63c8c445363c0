import { cpSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';

/**
 * Builds what is published: one file per entry point, with our own packages inside and everything else left to the package manager.
 * Nx starts a process per task: loading a few files instead of hundreds is most of what a cheap task costs.
 */
const ROOT = join(import.meta.dirname, '..', '..');
const PACKAGE = join(ROOT, 'packages', 'nx-fleet');
const COMPILED = join(PACKAGE, 'out-tsc', 'lib');
const DIST = join(PACKAGE, 'dist');
/** What no Nx command shall wait for when it makes the project graph. */
const SLOW_TO_LOAD = ['@nx/devkit', 'execa', 'nx', 'yaml'];
const readJson = (file) => JSON.parse(readFileSync(join(PACKAGE, file), 'utf8'));

const { dependencies, peerDependencies } = readJson('package.json');
const registered = [...Object.values(readJson('executors.json').executors), ...Object.values(readJson('generators.json').generators)];
const modules = registered.map(({ implementation, factory }) => (implementation ?? factory).replace(/^\.\/dist\/|(?:\.js)?#.*$/g, ''));
const entries = ['index', 'plugin', 'spares/refill-main', ...modules];
const external = [...Object.keys(dependencies), ...Object.keys(peerDependencies)];

rmSync(DIST, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: entries.map((entry) => join(PACKAGE, 'src', `${entry}.ts`)),
  outbase: join(PACKAGE, 'src'),
  outdir: DIST,
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  conditions: ['@nx-fleet/source'],
  external,
  metafile: true,
});
const types = ['index.d.ts', 'plugin.d.ts'];
const schemas = registered
  .flatMap(({ schema }) => [schema, schema.replace(/\.json$/, '.d.ts')])
  .map((file) => file.slice('./dist/'.length));
for (const file of types) cpSync(join(COMPILED, file), join(DIST, file));
for (const file of schemas) cpSync(join(PACKAGE, 'src', file), join(DIST, file));

const inside = Object.keys(metafile.inputs).filter((file) => file.startsWith('node_modules/'));
const code = Object.keys(metafile.outputs)
  .map((file) => readFileSync(join(ROOT, file), 'utf8'))
  .join('\n');
/** Packages that load together with an entry point. */
const loadedWith = (file, seen = new Set()) => {
  if (seen.has(file)) return [];
  seen.add(file);
  const imports = metafile.outputs[file].imports.filter(({ kind }) => kind === 'import-statement');
  return imports.flatMap(({ path, external }) => (external ? [path] : loadedWith(path, seen)));
};
const graph = relative(ROOT, join(DIST, 'plugin.js'));
const slow = new Set(loadedWith(graph).filter((name) => SLOW_TO_LOAD.includes(name)));
const unused = Object.keys(dependencies).filter((name) => !new RegExp(`["']${name}["'/]`).test(code));
const faults = [
  ...new Set(
    inside.map(
      (file) => `"${dirname(file)}" would be published inside of nx-fleet. Add it to the dependencies of packages/nx-fleet/package.json.`,
    ),
  ),
  ...[...slow].map((name) => `The plugin loads "${name}" with each Nx command. Import its types only, or import it where it is used.`),
  ...unused.map((name) => `Nothing imports "${name}". Remove it from the dependencies of packages/nx-fleet/package.json.`),
];
process.stdout.write(faults.length === 0 ? `Bundled ${entries.length} entry points.\n` : `${faults.join('\n')}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
