import { Minimatch, minimatch } from 'minimatch';
import { existsSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { isRecord, readJson, readText, unlessFaulty } from '../settings/read-settings.js';

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
export async function reviewedRoots(
  files: readonly string[],
  patterns: readonly string[],
  workspaceRoot: string,
): Promise<ReadonlySet<string>> {
  if (patterns.length === 0) return new Set();
  const isPackage = await packageFilter(workspaceRoot);
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

/** Whether a `package.json` makes its folder a project: it is of the package manager's workspaces, as Nx has it, or is beside a `project.json`. */
async function packageFilter(workspaceRoot: string): Promise<(file: string) => boolean> {
  const patterns = (await workspacePatterns(workspaceRoot)).map((pattern) => posix.normalize(pattern).replace(/\/$/, ''));
  const excluded = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => new Minimatch(pattern.slice(1)));
  const included = patterns.filter((pattern) => !pattern.startsWith('!')).map((pattern) => new Minimatch(pattern));
  return (file) => {
    const folder = dirname(file);
    const isIn = included.some((pattern) => pattern.match(folder)) && !excluded.some((pattern) => pattern.match(folder));
    return isIn || existsSync(join(workspaceRoot, folder, 'project.json'));
  };
}

/** Of npm, yarn and bun in `package.json`, of pnpm in a file of its own, and of lerna. */
async function workspacePatterns(workspaceRoot: string): Promise<readonly string[]> {
  const json = (file: string): unknown => unlessFaulty(() => readJson(join(workspaceRoot, file)));
  const packageJson = json('package.json');
  const workspaces = isRecord(packageJson) ? packageJson['workspaces'] : undefined;
  const pnpm = await readYaml(join(workspaceRoot, 'pnpm-workspace.yaml'));
  const lerna = json('lerna.json');
  return [
    ...stringsOf(workspaces),
    ...stringsOf(isRecord(workspaces) ? workspaces['packages'] : undefined),
    ...stringsOf(isRecord(pnpm) ? pnpm['packages'] : undefined),
    ...stringsOf(isRecord(lerna) ? lerna['packages'] : undefined),
  ];
}

/** The package manager reports what is not YAML. */
async function readYaml(file: string): Promise<unknown> {
  const text = unlessFaulty(() => readText(file));
  if (text === undefined) return undefined;
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text, { logLevel: 'silent' });
  return document.errors.length > 0 ? undefined : (document.toJS({ maxAliasCount: 100 }) as unknown);
}

function stringsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
