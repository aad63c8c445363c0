import type { Database, DatabaseBranchRequest } from '../database/database.js';
import { createFakeGit, type FakeGit, type FakeGitOptions } from '../git/fake-git.js';
import { createFakeHost, type FakeHost, type FakeHostOptions } from '../host/fake-host.js';
import type { Issue } from '../issue/issue.js';
import { parseSettings } from '../settings/parse-settings.js';
import type { SettingsInput } from '../settings/settings.js';
import { planWorktree, type WorktreePlan } from './plan-worktree.js';
import type { ProvisionRequest } from './provision-worktree.js';

/** A repository, a machine and a database in memory that know of each other, for specs. */
export interface FakeFleet {
  readonly git: FakeGit;
  readonly host: FakeHost;
  readonly database: Database & { readonly branches: Set<string> };
  readonly progress: string[];
}

export function createFakeFleet(options: FakeHostOptions & { readonly git?: FakeGitOptions } = {}): FakeFleet {
  const host = createFakeHost(options);
  const git = createFakeGit(options.git);
  const branches = new Set<string>();
  const generations = new Map<string, string>();
  const createBranch = async ({ project, generation }: DatabaseBranchRequest): ReturnType<Database['createBranch']> => {
    branches.add(project);
    generations.set(project, generation);
    return { description: `memory ${project}`, variables: { DATABASE_URL: `memory:${project}` } };
  };
  return {
    host,
    progress: [],
    git: {
      ...git,
      addWorktree: async (path, branch) => {
        await git.addWorktree(path, branch);
        host.files.set(`${path}/.git`, '');
      },
      removeWorktree: async (path, discard = host.discardDirectory) => git.removeWorktree(path, discard),
      moveWorktree: async (from, to) => {
        const moved = await git.moveWorktree(from, to);
        if (moved) {
          await host.discardDirectory(from);
          host.files.set(`${to}/.git`, '');
        }
        return moved;
      },
      addDetachedWorktree: async (path, commit) => {
        await git.addDetachedWorktree(path, commit);
        host.files.set(`${path}/.git`, '');
      },
    },
    database: {
      type: 'memory',
      listsAll: true,
      variables: ['DATABASE_URL'],
      branches,
      listBranches: async () =>
        [...branches].map((project) => ({ project, generation: generations.get(project) ?? '', name: `memory ${project}` })),
      refreshSource: async () => null,
      createBranch,
      resetBranch: createBranch,
      removeBranch: async ({ project, onlyGeneration }) => {
        if (onlyGeneration === undefined || (generations.get(project) ?? '') === onlyGeneration) branches.delete(project);
      },
    },
  };
}

export function anIssue(change: Partial<Issue> = {}): Issue {
  return { reference: '42', title: 'Dark mode', body: 'Do it.', state: 'open', url: null, blockedBy: [], ...change };
}

/** A plan, with its manifest and spec written as the generator does it. */
export async function planInFleet({ git, host }: FakeFleet, issue: Issue = anIssue()): Promise<WorktreePlan> {
  const existing = await host.state.readManifest(`issue-${issue.reference}`);
  const blockedBy = issue.blockedBy.map((reference) => `issue-${reference}`);
  const tracker = { type: 'markdown', reference: issue.reference };
  const plan = planWorktree({ issue, tracker, again: false, base: git.root, blockedBy, worktreesDirectory: '/repo.worktrees', existing });
  await host.state.writeIssue(plan.manifest.project, plan.manifest, plan.spec);
  return plan;
}

export function provisionRequest(plan: WorktreePlan, { git, progress }: FakeFleet, settings: SettingsInput = {}): ProvisionRequest {
  return {
    plan,
    location: git.location,
    settings: parseSettings([{ file: 'nx.json', value: settings }]),
    onProgress: (line) => progress.push(line),
  };
}
