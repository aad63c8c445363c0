import path from 'node:path';

/**
 * `elsewhere` for what other steps see to; `never` for production's env files and for paths that lead out of the root; `env file` and `env script`
 * for what holds variables; else `plain`.
 */
export type IncludedKind = 'plain' | 'env file' | 'env script' | 'never' | 'elsewhere';

/** Dependencies are cloned, git's and Nx's own files belong to one worktree. */
const ELSEWHERE: ReadonlySet<string> = new Set(['node_modules', '.git', '.nx', '.nx-fleet']);

/** How a relative path is to be treated, by its name alone. */
export function classifyIncluded(file: string): IncludedKind {
  const folders = file.split(/[/\\]/);
  const name = folders.pop() ?? '';
  if (folders.some((folder) => ELSEWHERE.has(folder)) || ELSEWHERE.has(name)) return 'elsewhere';
  const isOutside = file.includes('\0') || path.isAbsolute(file) || [...folders, name].some((part) => part === '..' || part === '');
  const lower = name.toLowerCase();
  if (isOutside || /^\.env\.prod(uction)?(\.|$)/.test(lower)) return 'never';
  if (lower === '.envrc') return 'env script';
  if (!/^\.env(\.|$)|\.env$/.test(lower) || /\.(example|sample|template)$/.test(lower)) return 'plain';
  return /(^|\.)prod(uction)?(\.|$)/.test(lower) ? 'never' : 'env file';
}
