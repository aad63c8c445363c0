import type { Issue, Tracker, TrackerSettings } from '@nx-fleet/core';
import type { TrackerContext } from '../create-tracker.js';
import { requireIssueFile, type IssueFolder } from './find-issue-file.js';
import { splitHeading } from './issue-text.js';
import { findBlockers } from './markdown-blockers.js';
import type { IssueFile } from './read-issue-file.js';

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
