import { UserError, type Issue, type Tracker, type TrackerSettings } from '@nx-fleet/core';
import type { TrackerContext } from '../create-tracker.js';
import { findIssueFile, requireIssueFile, type IssueFolder } from './find-issue-file.js';
import { splitHeading } from './issue-text.js';
import type { IssueFile } from './read-issue-file.js';

type MarkdownSettings = Extract<TrackerSettings, { type: 'markdown' }>;

/** Issues that are Markdown files of the workspace. */
export function createMarkdownTracker(settings: MarkdownSettings, context: TrackerContext): Tracker {
  const folder: IssueFolder = { workspace: context.mainWorktree, directory: settings.directory };
  return {
    type: 'markdown',
    fetchIssue: async (reference) => {
      const file = await requireIssueFile(reference, folder);
      return toIssue(file, await openBlockers(file, folder));
    },
  };
}

function toIssue(file: IssueFile, blockedBy: readonly string[]): Issue {
  const { title, state } = file.frontMatter;
  const { heading, body } = title === null ? splitHeading(file.text) : { heading: null, body: file.text.trim() };
  return {
    reference: file.reference,
    title: title ?? heading ?? file.name,
    body,
    state,
    url: null,
    blockedBy,
  };
}

/** Blockers by the reference that their own file gives them; those without a file stay as written, closed ones are left out. */
async function openBlockers(file: IssueFile, folder: IssueFolder): Promise<readonly string[]> {
  const references: string[] = [];
  for (const written of file.frontMatter.blockedBy) {
    const blocker = await findIssueFile(written, folder);
    if (blocker instanceof UserError) {
      references.push(written);
    } else if (blocker.frontMatter.state === 'open' && blocker.reference !== file.reference) {
      references.push(blocker.reference);
    }
  }
  return [...new Set(references)];
}
