import type { CommandRunner, Tracker, TrackerSettings } from '@nx-fleet/core';
import { createGitHubTracker } from './github/github-tracker.js';
import { createMarkdownTracker } from './markdown/markdown-tracker.js';

export interface TrackerContext {
  /** Absolute path of the main worktree. */
  readonly mainWorktree: string;
  /** URL of the remote `origin`, or null. */
  readonly remoteUrl: string | null;
  /** This process's environment; only tokens, `GITHUB_API_URL` and what `gh` needs to find its login are read. */
  readonly env: Readonly<Record<string, string>>;
  readonly commands: CommandRunner;
}

/** The tracker that the settings name. What is missing for it is reported when an issue is fetched. */
export function createTracker(settings: TrackerSettings, context: TrackerContext): Tracker {
  switch (settings.type) {
    case 'github':
      return createGitHubTracker(settings, context);
    case 'markdown':
      return createMarkdownTracker(settings, context);
  }
}
