import { readdir, realpath, stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { printableLine, UserError } from '@nx-fleet/core';
import { readIssueFile, realPathOrNull, requireInside, type IssueFile } from './read-issue-file.js';

export interface IssueFolder {
  /** Absolute path of the main worktree. */
  readonly workspace: string;
  /** Folder of the issues, relative to the workspace. */
  readonly directory: string;
}

interface FolderContent {
  readonly exists: boolean;
  readonly files: readonly IssueFile[];
  /** Why files were left out: one unreadable file must not hide the others. */
  readonly faults: readonly UserError[];
}

const MAX_LISTED = 10;
const MAX_REFERENCE_LENGTH = 500;

/** The file that a user typed as a path or an id. @throws UserError that lists what there is when it is none or not clear which */
export async function requireIssueFile(reference: string, folder: IssueFolder): Promise<IssueFile> {
  const found = await findIssueFile(reference, folder);
  if (found instanceof UserError) {
    throw found;
  }
  return found;
}

/** The same, but absence is returned. */
export async function findIssueFile(reference: string, folder: IssueFolder): Promise<IssueFile | UserError> {
  const typed = reference.trim();
  // oxlint-disable-next-line no-control-regex
  if (typed === '' || typed.length > MAX_REFERENCE_LENGTH || /[\u0000-\u001F]/.test(typed)) {
    return new UserError(`Issue "${printableLine(reference, 60)}" is not a name. Give an id, or the path of a Markdown file.`);
  }
  const isPath = /[\\/]/.test(typed);
  if (isPath || /\.md$/i.test(typed)) {
    const path = resolve(folder.workspace, typed);
    if (!/\.md$/i.test(path)) {
      return new UserError(`Issue "${printableLine(typed)}" is not a Markdown file. Give the path of a file that ends with ".md".`);
    }
    const file = await readIssueFile(folder.workspace, path);
    if (file !== null) {
      return file;
    }
    if (isPath) {
      return new UserError(`Issue "${printableLine(typed)}" does not exist in "${printableLine(folder.workspace)}". Check the path.`);
    }
  }
  return findById(typed.replace(/\.md$/i, ''), folder);
}

async function findById(id: string, folder: IssueFolder): Promise<IssueFile | UserError> {
  const content = await readFolder(folder);
  const isNamed =
    (test: (name: string) => boolean) =>
    ({ name, frontMatter }: IssueFile): boolean =>
      test(comparable(frontMatter.id ?? name)) || test(comparable(name));
  const wanted = comparable(id);
  const short = wanted.replace(/^issue-/, '');
  const matches =
    [
      content.files.filter((file) => file.frontMatter.id === id),
      content.files.filter((file) => file.name === id),
      content.files.filter((file) => comparable(file.frontMatter.id ?? '') === wanted),
      content.files.filter(isNamed((name) => name === wanted)),
      content.files.filter(isNamed((name) => startsWithId(name, wanted))),
      content.files.filter(isNamed((name) => name === short || startsWithId(name, short))),
    ].find((files) => files.length > 0) ?? [];
  const [first, second] = matches;
  if (second !== undefined) {
    const files = matches.map(({ file }) => `"${printableLine(file)}"`).join(', ');
    throw new UserError(`Issue "${printableLine(id)}" could be ${files}. Give the path of one of them.`);
  }
  return first ?? unknown(id, folder, content);
}

/** File systems and keyboards write `é` in two ways; numbers can have leading zeros. */
function comparable(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .replace(/^0+(?=\d)/, '');
}

/** `7-dark-mode`, `7 dark mode`, `7_dark` and `7. Dark` start with the id `7`; `70`, `7.1` do not. */
function startsWithId(name: string, id: string): boolean {
  return name.startsWith(id) && /^(?:[-_ ]|\.(?!\d))/.test(name.slice(id.length));
}

async function readFolder({ workspace, directory }: IssueFolder): Promise<FolderContent> {
  const path = resolve(workspace, directory);
  const real = await realPathOrNull(path);
  if (real === null) {
    return { exists: false, files: [], faults: [] };
  }
  requireInside(await realpath(workspace), real, directory);
  if (!(await stat(real)).isDirectory()) {
    throw new UserError(`"${printableLine(directory)}" is not a folder. Set "tracker.directory" to the folder of the issues.`);
  }
  const entries = await readdir(real, { withFileTypes: true });
  const names = entries.filter((entry) => !entry.isDirectory() && /\.md$/i.test(entry.name)).map((entry) => entry.name);
  const files: IssueFile[] = [];
  const faults: UserError[] = [];
  for (const name of names.sort()) {
    try {
      const file = await readIssueFile(workspace, resolve(path, name));
      files.push(...(file === null ? [] : [file]));
    } catch (error) {
      if (!(error instanceof UserError)) {
        throw error;
      }
      faults.push(error);
    }
  }
  return { exists: true, files, faults };
}

function unknown(id: string, { workspace, directory }: IssueFolder, { exists, files, faults }: FolderContent): UserError {
  const folder = printableLine(relative(workspace, resolve(workspace, directory)) || '.');
  const start = `Issue "${printableLine(id, 100)}" does not exist`;
  if (!exists) {
    return new UserError(
      `${start}: folder "${folder}" does not exist. Write the issue to "${folder}/${printableLine(id, 100)}.md", or set "tracker.directory".`,
    );
  }
  const listed = files.slice(0, MAX_LISTED).map((file) => printableLine(file.reference, 60));
  const more = files.length > MAX_LISTED ? ` and ${files.length - MAX_LISTED} more` : '';
  const available = listed.length === 0 ? 'There are none' : `There are: ${listed.join(', ')}${more}`;
  const [fault] = faults;
  const unread = fault === undefined ? '' : ` Not read: ${fault.message}`;
  return new UserError(`${start} in "${folder}". ${available}.${unread}`);
}
