import type { Git } from '../git/git.js';
import { trashRef } from './refs.js';

/** Keeps a commit under a trash ref of its own; what others keep in the same second stays. @returns the ref */
export async function keepInTrash(
  commit: string,
  { project, at }: { readonly project: string; readonly at: Date },
  git: Git,
): Promise<string> {
  const first = trashRef(project, at);
  for (let count = 1; ; count++) {
    const ref = count === 1 ? first : `${first}-${count}`;
    if (await git.createRef(ref, commit)) return ref;
  }
}
