import type { Tree } from '@nx/devkit';
import { printableLine } from '@nx-fleet/core';

export interface IssueFolder {
  /** Null for the default. */
  readonly options: { readonly type: 'markdown'; readonly directory: string } | null;
  /** For users. */
  readonly found: string;
}

const DEFAULT_FOLDER = 'docs/issues';
const FOLDERS = [DEFAULT_FOLDER, 'issues', '.issues'];

/** A folder for Markdown issues that is in no project: a project's targets would run again after each edit of an issue. One that has issues stays. */
export function chooseIssueFolder(tree: Tree, projectRoots: readonly string[]): IssueFolder {
  const around = (directory: string): string | undefined =>
    projectRoots.find((root) => root !== '.' && root !== '' && `${directory}/`.startsWith(`${root}/`));
  const isUsed = tree.exists(DEFAULT_FOLDER) && tree.children(DEFAULT_FOLDER).some((name) => name.endsWith('.md'));
  const directory = isUsed ? DEFAULT_FOLDER : (FOLDERS.find((folder) => around(folder) === undefined) ?? DEFAULT_FOLDER);
  const options = directory === DEFAULT_FOLDER ? null : ({ type: 'markdown', directory } as const);
  const found = `Markdown files in ${directory}`;
  const project = around(directory) ?? projectRoots.find((root) => root === '.' || root === '');
  if (project === undefined) return { options, found };
  const place = project === '.' || project === '' ? 'the root' : `"${printableLine(project)}"`;
  return {
    options,
    found: `${found}, inside the project in ${place}: leave them out of its inputs with "!{workspaceRoot}/${directory}/**"`,
  };
}
