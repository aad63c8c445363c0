import type { Tree } from '@nx/devkit';

/** Appends the lines that an ignore file lacks; the rest of it stays as it is. */
export function addMissingLines(tree: Tree, file: string, lines: readonly string[]): void {
  const text = tree.exists(file) ? (tree.read(file, 'utf-8') ?? '') : '';
  const present = new Set(text.split(/\r?\n/).map((line) => line.trim()));
  const missing = lines.filter((line) => !present.has(line));
  if (missing.length === 0) return;
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const gap = text === '' || text.endsWith('\n') ? '' : lineEnd;
  tree.write(file, `${text}${gap}${missing.join(lineEnd)}${lineEnd}`);
}
