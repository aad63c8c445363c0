import { extname } from 'node:path';

const TEST_FILE = /(^|\/)(fake-[^/]*|[^/]*\.(spec|contract|fixture))\.[^/]*$/;
const NEVER_PUBLISHED = [/^src\//, /^dist\/testing\//, /\.tsbuildinfo$/, /(^|\/)tsconfig[^/]*\.json$/, /(^|\/)\.env/, TEST_FILE];
const REGISTERS = { generators: 'generators', executors: 'executors' };

/** What is wrong with the files of a packed package, one sentence each; empty when nothing is. */
export function packedFileFaults({ manifest, files, readJson }) {
  const faults = files
    .filter((file) => NEVER_PUBLISHED.some((pattern) => pattern.test(file)))
    .map((file) => `"${file}" must not be published.`);
  return [...faults, ...missing(requiredFiles({ manifest, readJson }), files)];
}

/** The modules that Nx loads by `require`, each with the export it asks for. */
export function registeredModules({ manifest, readJson }) {
  return Object.keys(REGISTERS)
    .filter((field) => manifest[field] !== undefined)
    .flatMap((field) => Object.values(readJson(relative(manifest[field]))[REGISTERS[field]]))
    .map((entry) => parseModule(entry.factory ?? entry.implementation));
}

function requiredFiles({ manifest, readJson }) {
  const registers = Object.keys(REGISTERS).filter((field) => manifest[field] !== undefined);
  const schemas = registers
    .flatMap((field) => Object.values(readJson(relative(manifest[field]))[REGISTERS[field]]))
    .flatMap((entry) => [relative(entry.schema), relative(entry.schema).replace(/\.json$/, '.d.ts')]);
  const modules = registeredModules({ manifest, readJson }).map(({ file }) => file);
  const registerFiles = registers.map((field) => relative(manifest[field]));
  const folders = manifest.files.filter((entry) => !entry.startsWith('!'));
  return [...new Set(['LICENSE', ...folders, ...registerFiles, ...schemas, ...modules])];
}

function missing(required, files) {
  return required
    .filter((name) => !files.some((file) => file === name || file.startsWith(`${name}/`)))
    .map((name) => `"${name}" is named in the package's manifests and is not in the tarball.`);
}

function parseModule(reference) {
  const [path, exported = 'default'] = relative(reference).split('#');
  return { file: extname(path) === '' ? `${path}.js` : path, exported };
}

function relative(path) {
  return path.replace(/^\.\//, '');
}
