import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { agentCalls, callLog } from './agent-calls.js';
import type { Finished } from './processes.js';
import { SCRIPTED_FILES, scriptedOptions } from './scripted-agents.js';
import { createWorkspace, initialize, succeed, type Workspace } from './workspace.js';

const project = (name: string, more: object = {}): string => `${JSON.stringify({ name, ...more })}\n`;

/** `b` depends on `a`; `@shop/c` on nobody. */
export const PROJECT_FILES: Readonly<Record<string, string>> = {
  'packages/a/project.json': project('a'),
  'packages/a/work-a.txt': 'a\n',
  'packages/a/AGENTS.md': 'Be strict with a.\n',
  'packages/b/project.json': project('b', { implicitDependencies: ['a'] }),
  'packages/b/work-b.txt': 'b\n',
  'packages/c/project.json': project('@shop/c'),
  'packages/c/work-c.txt': 'c\n',
};

/** Options with the stand-ins as agents, which review all projects; `changes` replaces top-level keys. */
export function reviewedOptions(changes: Readonly<Record<string, unknown>> = {}): string {
  return scriptedOptions({ review: { projects: ['*'] }, ...changes });
}

/** A workspace with three projects on the branch `work`, whose changes a scripted reviewer reviews. */
export interface ReviewedShop {
  readonly workspace: Workspace;
  /** `nx affected -t agent-review` with more arguments. */
  affected(...args: string[]): Promise<Finished>;
  /** Projects that agents are asked about while something happens, sorted. */
  askedBy(action: () => Promise<unknown>): Promise<readonly string[]>;
  /** Projects that a review asks agents about. @throws Error when it fails */
  review(...args: string[]): Promise<readonly string[]>;
  /** Commits files; null deletes one. */
  commit(files: Readonly<Record<string, string | Buffer | null>>): Promise<void>;
  /** An artifact below `.nx-fleet/out/`. */
  read(place: string): unknown;
}

export async function createReviewedShop(versions: { readonly nxVersion: string; readonly devkitVersion: string }): Promise<ReviewedShop> {
  const workspace = await createWorkspace({
    ...versions,
    files: { ...SCRIPTED_FILES, ...PROJECT_FILES, 'nx-fleet.json': reviewedOptions() },
  });
  initialize(workspace);
  await workspace.git('add', '-A');
  await workspace.git('commit', '-qm', 'first');
  await workspace.git('switch', '-qc', 'work');
  const affected: ReviewedShop['affected'] = (...args) =>
    workspace.startNx(['affected', '-t', 'agent-review', '--output-style=static', ...args], { env: callLog(workspace) }).finished;
  const askedBy: ReviewedShop['askedBy'] = async (action) => {
    const before = agentCalls(workspace).length;
    await action();
    const titles = agentCalls(workspace).slice(before);
    return titles.map(({ title }) => title.replace('Changes to ', '')).sort();
  };
  return {
    workspace,
    affected,
    askedBy,
    review: (...args) => askedBy(() => succeed(affected(...args))),
    commit: async (files) => {
      for (const [file, content] of Object.entries(files)) {
        if (content === null) await workspace.git('rm', '-q', file);
        else {
          mkdirSync(dirname(join(workspace.root, file)), { recursive: true });
          writeFileSync(join(workspace.root, file), content);
        }
      }
      await workspace.git('add', '-A');
      await workspace.git('commit', '-qm', 'change');
    },
    read: (place) => JSON.parse(workspace.read(`.nx-fleet/out/${place}`)) as unknown,
  };
}
