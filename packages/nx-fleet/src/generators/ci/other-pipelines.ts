import type { Tree } from '@nx/devkit';

const WORKFLOWS = '.github/workflows';
const GITLAB = '.gitlab-ci.yml';

/** Texts of the repository's own pipelines, those of nx-fleet left out. */
export function otherPipelines(tree: Tree): readonly string[] {
  const names = tree.exists(WORKFLOWS) ? tree.children(WORKFLOWS) : [];
  const workflows = names.filter((name) => /\.ya?ml$/.test(name) && !name.startsWith('nx-fleet-')).map((name) => `${WORKFLOWS}/${name}`);
  return [...workflows, GITLAB].flatMap((file) => tree.read(file, 'utf-8') ?? []);
}

const USES = /(?<=^\s*(?:- )?uses: )(?<action>[\w.-]+\/[\w./-]+)@(?<ref>[\w./-]+)(?<comment>[ \t]+#.*)?$/gm;
const COMMIT = /^[0-9a-f]{40}$/;

/** Actions that the repository pins, each with the commit and the comment behind it; empty where it pins fewer than it does not. */
export function pinnedActions(pipelines: readonly string[]): ReadonlyMap<string, string> {
  const uses = pipelines.flatMap((text) => [...text.replaceAll(/(uses:\s+)(['"])(.*?)\2/g, '$1$3').matchAll(USES)]);
  const pinned = uses.filter(({ groups }) => COMMIT.test(groups?.['ref'] ?? ''));
  if (pinned.length * 2 <= uses.length) return new Map();
  return new Map(pinned.map(({ groups }) => [groups?.['action'] ?? '', `${groups?.['ref']}${groups?.['comment'] ?? ''}`]));
}

/** A pipeline with the commits of a repository that pins its actions. `unpinned`: those that it does not use itself. */
export function pinActions(
  text: string,
  pins: ReadonlyMap<string, string>,
): { readonly text: string; readonly unpinned: readonly string[] } {
  if (pins.size === 0) return { text, unpinned: [] };
  const unpinned: string[] = [];
  const pinned = text.replaceAll(USES, (whole, action: string) => {
    const pin = pins.get(action);
    if (pin === undefined) unpinned.push(whole);
    return pin === undefined ? whole : `${action}@${pin}`;
  });
  return { text: pinned, unpinned: [...new Set(unpinned)] };
}
