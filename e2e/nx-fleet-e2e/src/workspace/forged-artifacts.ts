import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machines } from './machines.js';

/** A stored result of one target, unpacked: the folder of its artifacts. */
export interface Unpacked {
  /** Replaces a file. */
  write(file: string, text: string): void;
  /** Replaces properties of a JSON file. */
  change(file: string, properties: Readonly<Record<string, unknown>>): void;
  json(file: string): Readonly<Record<string, string>>;
}

/** The file at the cache server that holds what a target has stored. */
export function storedFile({ cache }: Pick<Machines, 'cache'>, project: string, target: string): string {
  const file = readdirSync(cache.directory)
    .map((hash) => join(cache.directory, hash))
    .find((path) => tar('-tzf', path).includes(`.nx-fleet/out/${project}/${target}/run.json`));
  if (file === undefined) throw new Error(`${project}:${target} has not been stored`);
  return file;
}

/** Lets somebody who can write to the cache change what a target has stored there, under the very same hash. */
export function forge(machines: Machines, [project, target]: readonly [string, string], change: (artifacts: Unpacked) => void): void {
  const file = storedFile(machines, project, target);
  const folder = mkdtempSync(join(machines.origin, '..', 'forged-'));
  tar('-xzf', file, '-C', folder);
  // Nx gives two of the files no permission at all.
  execFileSync('chmod', ['-R', 'u+rwX', folder]);
  const path = (name: string): string => join(folder, '.nx-fleet/out', project, target, name);
  const json: Unpacked['json'] = (name) => JSON.parse(readFileSync(path(name), 'utf8')) as Readonly<Record<string, string>>;
  change({
    json,
    write: (name, text) => writeFileSync(path(name), text),
    change: (name, properties) => writeFileSync(path(name), JSON.stringify({ ...json(name), ...properties })),
  });
  tar('-czf', file, '-C', folder, ...readdirSync(folder));
  rmSync(folder, { recursive: true });
}

function tar(...args: string[]): string {
  return execFileSync('tar', args, { encoding: 'utf8' });
}
