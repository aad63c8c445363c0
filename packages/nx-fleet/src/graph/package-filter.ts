import { existsSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { minimatch } from 'minimatch';
import { parseDocument } from 'yaml';
import { isRecord, readJson, readText, unlessFaulty } from '../settings/json-file.js';

/** Whether a `package.json` makes its folder a project: it is of the package manager's workspaces, as Nx has it, or is beside a `project.json`. */
export function packageFilter(workspaceRoot: string): (file: string) => boolean {
  const patterns = workspacePatterns(workspaceRoot).map((pattern) => posix.normalize(pattern).replace(/\/$/, ''));
  const isOut = (folder: string): boolean => patterns.some((pattern) => pattern.startsWith('!') && minimatch(folder, pattern.slice(1)));
  const isIn = (folder: string): boolean => patterns.some((pattern) => !pattern.startsWith('!') && minimatch(folder, pattern));
  return (file) => {
    const folder = dirname(file);
    return existsSync(join(workspaceRoot, folder, 'project.json')) || (isIn(folder) && !isOut(folder));
  };
}

/** Of npm, yarn and bun in `package.json`, of pnpm in a file of its own, and of lerna. */
function workspacePatterns(workspaceRoot: string): readonly string[] {
  const json = (file: string): unknown => unlessFaulty(() => readJson(join(workspaceRoot, file)));
  const packageJson = json('package.json');
  const workspaces = isRecord(packageJson) ? packageJson['workspaces'] : undefined;
  const pnpm = readYaml(join(workspaceRoot, 'pnpm-workspace.yaml'));
  const lerna = json('lerna.json');
  return [
    ...stringsOf(workspaces),
    ...stringsOf(isRecord(workspaces) ? workspaces['packages'] : undefined),
    ...stringsOf(isRecord(pnpm) ? pnpm['packages'] : undefined),
    ...stringsOf(isRecord(lerna) ? lerna['packages'] : undefined),
  ];
}

/** The package manager reports what is not YAML. */
function readYaml(file: string): unknown {
  const text = unlessFaulty(() => readText(file));
  const document = text === undefined ? null : parseDocument(text, { logLevel: 'silent' });
  return document === null || document.errors.length > 0 ? undefined : (document.toJS({ maxAliasCount: 100 }) as unknown);
}

function stringsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
