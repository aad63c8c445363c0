import { isAbsolute, relative, sep } from 'node:path';

/** A path as seen from `cwd`, or as it is when it lies outside. */
export function relativePath(cwd: string, path: string): string {
  if (!isAbsolute(path)) return path;
  const inside = relative(cwd, path);
  return inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside) ? path : inside;
}
