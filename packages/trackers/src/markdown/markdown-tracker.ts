import { type Issue, type Tracker, type TrackerSettings, UserError } from '@nx-fleet/core';
import { dirname, join } from 'node:path';
import { findIssueFile, type IssueFolder, requireIssueFile } from './find-issue-file.js';
import { splitHeading } from './front-matter.js';
import type { IssueFile } from './read-issue-file.js';
import { parseBodyBlockers, type ReadReference } from '../body-blockers.js';
import type { TrackerContext } from '../create-tracker.js';

type MarkdownSettings = Extract<TrackerSettings, { type: 'markdown' }>;

/** Issues that are Markdown files of the workspace. */
export function createMarkdownTracker(settings: MarkdownSettings, context: TrackerContext): Tracker {
  const folder: IssueFolder = { workspace: context.mainWorktree, directory: settings.directory };
  return {
    type: 'markdown',
    fetchIssue: async (reference) => toIssue(await requireIssueFile(reference, folder), folder),
  };
}

async function toIssue(file: IssueFile, folder: IssueFolder): Promise<Issue> {
  const { title, state } = file.frontMatter;
  const { heading, body } = title === null ? splitHeading(file.text) : { heading: null, body: file.text.trim() };
  const { blockedBy, unread } = await findBlockers(file, body, folder);
  return {
    reference: file.reference,
    title: title ?? heading ?? file.name,
    body,
    state,
    url: null,
    blockedBy,
    ...(unread.length === 0 ? {} : { unreadBlockers: unread }),
  };
}

export interface MarkdownBlockers {
  /** By the reference that their own file gives them; those without a file as written. Closed ones are left out. */
  readonly blockedBy: readonly string[];
  readonly unread: readonly string[];
}

/** `#41`, `PROJ-7`, `a/file.md` and a number alone: a blocker even where there is no such file. */
const CLEAR = /^(?:#[\w.-]*\w|[^\s,;]+\.md\b|[A-Z][A-Z0-9_]*-\d+(?:\.\d+)*|\d+(?:\.\d+)*(?=\s*(?:$|[,;&]|and\b)))(?![\w-])/;
/** Any other name counts only as the name of a file, and with nothing but other names beside it. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}_.-]*(?=\s*(?:$|[,;&]|and\b))/u;

/** The open blockers that a file names in its front matter and its text. */
async function findBlockers(file: IssueFile, body: string, folder: IssueFolder): Promise<MarkdownBlockers> {
  const blockedBy = new Set<string>();
  const { references, unread } = parseBodyBlockers(body, readName);
  const names: string[] = [];
  for (const written of [...file.frontMatter.blockedBy, ...references]) {
    const blocker = await findBlocker(written, file, folder);
    if (blocker instanceof UserError) {
      const isName = references.includes(written) && !CLEAR.test(written);
      if (isName) names.push(written);
      else blockedBy.add(written.replace(/^#/, ''));
    } else if (blocker.frontMatter.state === 'open' && blocker.reference !== file.reference) {
      blockedBy.add(blocker.reference);
    }
  }
  return { blockedBy: [...blockedBy], unread: [...unread, ...names] };
}

const readName: ReadReference<string> = (text) => {
  const [whole] = CLEAR.exec(text) ?? NAME.exec(text) ?? [];
  return whole === undefined ? null : { length: whole.length, reference: whole };
};

/** A path is looked up from the file that names it, then from the workspace. */
async function findBlocker(written: string, { file }: IssueFile, folder: IssueFolder): Promise<IssueFile | UserError> {
  const name = written.replace(/^#/, '');
  if (/\.md$/i.test(name)) {
    const beside = await findIssueFile(join(dirname(file), name), folder).catch(() => null);
    if (beside !== null && !(beside instanceof UserError)) return beside;
  }
  return findIssueFile(name, folder);
}
