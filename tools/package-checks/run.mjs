import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { engineFaults } from './engines.mjs';
import { packedFileFaults, registeredModules } from './packed-files.mjs';

const PACKAGE = process.cwd();
const WORKSPACE = join(import.meta.dirname, '..', '..');
const require = createRequire(import.meta.url);
const readJson = (file) => JSON.parse(readFileSync(join(PACKAGE, file), 'utf8'));

function checkPackage() {
  const folder = mkdtempSync(join(tmpdir(), 'nx-fleet-pack-'));
  try {
    const packed = pack(folder);
    const manifest = readJson('package.json');
    const tarball = join(folder, packed.filename);
    const lock = JSON.parse(readFileSync(join(WORKSPACE, 'package-lock.json'), 'utf8'));
    return [
      ...packedFileFaults({ manifest, readJson, files: packed.files.map(({ path }) => path) }),
      ...engineFaults({ lock, folder: relative(WORKSPACE, PACKAGE).split(sep).join('/'), engines: manifest.engines }),
      ...registeredModules({ manifest, readJson }).flatMap(exportFaults),
      ...run('publint', [bin('publint', 'src/cli.js'), 'run', '--strict', tarball]),
      ...run('attw', [bin('@arethetypeswrong/cli', 'dist/index.js'), '--profile', 'esm-only', '--no-definitely-typed', tarball]),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function pack(folder) {
  const result = spawnSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: PACKAGE, encoding: 'utf8' });
  if (result.error !== undefined) throw new Error('npm could not start', { cause: result.error });
  if (result.status !== 0) throw new Error(`npm pack failed:\n${result.stderr}`);
  const [packed] = Object.values(JSON.parse(result.stdout));
  return packed;
}

/** Nx loads generators and executors by `require`, which refuses a top-level await anywhere below. */
function exportFaults({ file, exported }) {
  try {
    return typeof require(join(PACKAGE, file))[exported] === 'function' ? [] : [`"${file}" has no function "${exported}".`];
  } catch (error) {
    return [`"${file}" cannot be loaded by require: ${error.message}`];
  }
}

function run(name, args) {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, args, { cwd: PACKAGE, encoding: 'utf8' });
  if (error !== undefined) throw new Error(`${name} could not start`, { cause: error });
  return status === 0 ? [] : [`${name} found faults:\n${stdout}${stderr}`];
}

function bin(name, file) {
  return join(WORKSPACE, 'node_modules', name, file);
}

const faults = checkPackage();
process.stdout.write(faults.length === 0 ? 'The package is in order.\n' : `${faults.join('\n')}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
