import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Workspace } from '../workspace/workspace.js';
import { registryState } from '../workspace/fleet-state.js';
import type { Dice } from './dice.js';

/** A file that somebody has written and not committed. */
interface Draft {
  readonly project: string;
  readonly file: string;
  readonly path: string;
  readonly blob: string;
}

/** The people whose work must survive: they commit, leave files about, and merge. */
export interface People {
  work(round: number): Promise<void>;
  /** Names of uncommitted files in a project's worktree. */
  drafts(project: string): readonly string[];
  /** What of their work no ref and no worktree holds any more. */
  lostWork(): Promise<readonly string[]>;
}

export function createPeople(workspace: Workspace, dice: Dice, onAct: (line: string) => void): People {
  const { git } = workspace;
  const commits: string[] = [];
  let drafts: readonly Draft[] = [];

  async function commit(project: string, worktree: string, file: string): Promise<void> {
    writeFileSync(join(worktree, file), `${project} ${file}\n`);
    await git('-C', worktree, 'add', '--', file);
    await git('-C', worktree, 'commit', '-qm', `Work on ${project}`, '--', file);
    commits.push(await git('-C', worktree, 'rev-parse', 'HEAD'));
    onAct(`committed ${file} in ${project}`);
  }

  async function draft(project: string, worktree: string, file: string): Promise<void> {
    const path = join(worktree, file);
    writeFileSync(path, `${project} ${file}\n`);
    drafts = [...drafts, { project, file, path, blob: await git('hash-object', path) }];
    onAct(`left ${file} in ${project}`);
  }

  async function merge(project: string, branch: string): Promise<void> {
    const how = dice.chance(0.5) ? ['--no-ff', '-m', `Merge ${project}`] : ['--squash'];
    await git('merge', '-q', ...how, branch);
    if (how[0] === '--squash') await git('commit', '-q', '--allow-empty', '-m', `Squash ${project}`);
    commits.push(await git('rev-parse', 'HEAD'));
    onAct(`merged ${branch} (${how[0]})`);
  }

  return {
    work: async (round) => {
      for (const { project, worktree, branch, state } of registryState(workspace).allocations) {
        if (state !== 'ready' || !existsSync(worktree)) continue;
        if (dice.chance(0.4)) await commit(project, worktree, `work-${project}-${round}.txt`);
        if (dice.chance(0.15)) await merge(project, branch);
        if (dice.chance(0.2)) await draft(project, worktree, `draft-${project}-${round}.txt`);
      }
    },
    drafts: (project) => drafts.filter((one) => one.project === project).map(({ file }) => file),
    lostWork: async () => {
      const reachable = new Set((await git('rev-list', '--objects', '--all')).split('\n').map((line) => line.split(' ')[0] ?? ''));
      const isKept = ({ blob, path }: Draft): boolean => reachable.has(blob) || existsSync(path);
      return [
        ...commits.filter((id) => !reachable.has(id)).map((id) => `commit ${id} is lost`),
        ...drafts.filter((one) => !isKept(one)).map(({ path }) => `"${path}" is lost`),
      ];
    },
  };
}
