import { existsSync, realpathSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { createAgent } from '@nx-fleet/agents';
import type { Agent, AppAccess, Database, Git, Host, ReviewPlace, Settings, Tracker } from '@nx-fleet/core';
import { createDatabase } from '@nx-fleet/databases';
import { createGit } from '@nx-fleet/git';
import { createAppAccess, createHost, processEnd } from '@nx-fleet/host';

/** Everything outside that generators and executors act through. */
export interface Adapters {
  readonly git: Git;
  readonly host: Host;
  readonly database: Database;
  /** @param programs where its program is, if that lies in the repository. @default the workspace */
  readonly agent: (name: string, programs?: string) => Agent;
  readonly app: AppAccess;
  readonly tracker: () => Promise<Tracker>;
  /** A tracker of Markdown files, for references that are paths. */
  readonly markdown: () => Promise<Tracker>;
  /** The pull request that this pipeline runs for. */
  readonly reviewPlace: () => Promise<ReviewPlace>;
}

/** The one place that constructs adapters. @param workspaceRoot any worktree: issues and ledger are those of the main one */
export function createAdapters(workspaceRoot: string, settings: Settings, env: NodeJS.ProcessEnv = process.env): Adapters {
  const git = createGit(workspaceRoot, { end: processEnd });
  const host = createHost({ workspaceRoot, findMainWorktree: async () => (await git.locate()).mainWorktree, env });
  const { commands, env: hostEnv } = host;
  // Most commands ask no tracker: its clients are loaded by those that do.
  const loadTracker = async (tracker: Settings['tracker']): Promise<Tracker> => {
    const { createTracker } = await import('@nx-fleet/trackers');
    return createTracker(tracker, { mainWorktree: workspaceRoot, remoteUrl: await git.remoteUrl(), env: hostEnv, commands });
  };
  return {
    git,
    host,
    database: createDatabase(settings.database, { commands, env: hostEnv, scratch: processEnd.scratch }),
    agent: (name, programs = workspaceRoot) => {
      const definition = settings.agents.define[name];
      if (definition === undefined) throw new Error(`agent "${name}" has no definition`);
      // Programs that are taken from the base find the packages that are installed.
      const [packages, link] = [join(workspaceRoot, 'node_modules'), join(programs, 'node_modules')];
      if (existsSync(packages) && !existsSync(link)) symlinkSync(packages, link, 'dir');
      return createAgent(name, definition, {
        commands,
        env: hostEnv,
        workspaceRoot: programs,
        prices: settings.agents.prices,
        scratch: processEnd.scratch,
      });
    },
    app: createAppAccess(),
    tracker: () => loadTracker(settings.tracker),
    markdown: () => loadTracker(markdownSettings(settings)),
    reviewPlace: async () => {
      const { findReviewPlace } = await import('@nx-fleet/trackers');
      return findReviewPlace({ mainWorktree: workspaceRoot, env: hostEnv, commands });
    },
  };
}

/** Where linked worktrees live: an absolute path, real as far as it is there, as git names it. */
export function worktreesDirectory(mainWorktree: string, settings: Settings): string {
  const name = mainWorktree.split(/[\\/]/).findLast((part) => part !== '') ?? 'repo';
  return realPath(resolve(mainWorktree, settings.worktrees.directory.replaceAll('{repo}', name)));
}

function realPath(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const parent = dirname(path);
  return parent === path ? path : join(realPath(parent), basename(path));
}

function markdownSettings({ tracker }: Settings): Extract<Settings['tracker'], { type: 'markdown' }> {
  return tracker.type === 'markdown' ? tracker : { type: 'markdown', directory: 'docs/issues' };
}
