import { basename, dirname, join } from 'node:path';
import { minimatch } from 'minimatch';
import { isRecord, readJson, unlessFaulty } from '../settings/json-file.js';
import { packageFilter } from './package-filter.js';

/** A project as patterns choose it. */
export interface NamedProject {
  readonly root: string;
  readonly name: string;
  readonly tags: readonly string[];
}

/**
 * Roots of the projects that a list of patterns chooses, among those that Nx itself infers from `project.json` and `package.json` files.
 * @param files paths from the workspace's root
 */
export function reviewedRoots(files: readonly string[], patterns: readonly string[], workspaceRoot: string): ReadonlySet<string> {
  if (patterns.length === 0) return new Set();
  const isPackage = packageFilter(workspaceRoot);
  const declared = files.filter((file) => basename(file) === 'project.json').map((file) => dirname(file));
  const packages = files.filter((file) => basename(file) === 'package.json' && isPackage(file)).map((file) => dirname(file));
  const roots = new Set([...declared, ...packages]);
  if (patterns.every((pattern) => pattern === '*')) return roots;
  return new Set([...roots].filter((root) => isChosen(describeProject(root, workspaceRoot), patterns)));
}

/** Whether patterns choose a project. Later ones win over earlier ones; a list that begins by leaving out begins with all. */
export function isChosen(project: NamedProject, patterns: readonly string[]): boolean {
  let chosen = patterns[0]?.startsWith('!') === true;
  for (const pattern of patterns) {
    const isOut = pattern.startsWith('!');
    if (matches(project, isOut ? pattern.slice(1) : pattern)) chosen = !isOut;
  }
  return chosen;
}

function matches({ name, root, tags }: NamedProject, pattern: string): boolean {
  if (pattern === '*') return true;
  if (pattern.startsWith('tag:')) return tags.some((tag) => minimatch(tag, pattern.slice('tag:'.length)));
  return minimatch(name, pattern) || minimatch(root, pattern);
}

function describeProject(root: string, workspaceRoot: string): NamedProject {
  const [own, packageJson] = ['project.json', 'package.json'].map((file) => readRecord(join(workspaceRoot, root, file)));
  const nx = packageJson?.['nx'];
  const sources = [own, isRecord(nx) ? nx : undefined];
  const name = [...sources, packageJson].map((source) => source?.['name']).find((value) => typeof value === 'string');
  const tags = sources.flatMap((source) => (Array.isArray(source?.['tags']) ? (source['tags'] as unknown[]) : []));
  return { root, name: name ?? basename(root), tags: tags.filter((tag) => typeof tag === 'string') };
}

/** Nx itself reports what is not JSON. */
function readRecord(file: string): Record<string, unknown> | undefined {
  const value = unlessFaulty(() => readJson(file));
  return isRecord(value) ? value : undefined;
}
