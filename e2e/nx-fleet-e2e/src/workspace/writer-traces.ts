import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { worktreeOf } from './shop.js';
import { succeed, type Workspace } from './workspace.js';

/** A place where a writer leaves what no reviewer may see, and the word that is there. */
export type Traces = Readonly<Record<string, string>>;

const SESSION = '01234567-89ab-4cde-8f01-23456789abcd';

/** How Claude Code names a project's folder. */
function projectFolder(path: string): string {
  return path.replace(/[^a-zA-Z0-9]/g, '-');
}

/** Leaves a word of its own in every place where the agents keep what they learned, said and did for `issue-1`. @returns the words by place */
export async function plantTraces(workspace: Workspace): Promise<Traces> {
  const { root, folder, git, run } = workspace;
  const worktree = worktreeOf(workspace, 'issue-1');
  const other = worktreeOf(workspace, 'issue-2');
  const home = join(folder, 'home');
  const traces: Record<string, string> = {};
  const word = (place: string): string => (traces[place] = `TRACE-${Object.keys(traces).length}-OF-THE-WRITER`);
  const plant = (place: string, file: string, text = (trace: string) => `Remember ${trace}.\n`): void => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text(word(place)));
  };
  const session = (trace: string): string =>
    `${JSON.stringify({ type: 'user', sessionId: SESSION, message: { role: 'user', content: trace } })}\n`;
  for (const [name, path] of Object.entries({ 'main worktree': root, worktree })) {
    const project = join(home, '.claude/projects', projectFolder(path));
    plant(`memory of the ${name}`, join(project, 'memory/MEMORY.md'));
    plant(`session in the ${name}`, join(project, `${SESSION}.jsonl`), session);
    plant(`CLAUDE.local.md in the ${name}`, join(path, 'CLAUDE.local.md'));
    plant(`local settings in the ${name}`, join(path, '.claude/settings.local.json'), (trace) => JSON.stringify({ env: { TRACE: trace } }));
    plant(`local rules in the ${name}`, join(path, '.claude/rules/learned.md'));
    plant(`AGENTS.override.md in the ${name}`, join(path, 'AGENTS.override.md'));
  }
  plant(
    "Claude Code's prompts",
    join(home, '.claude/history.jsonl'),
    (trace) => `${JSON.stringify({ display: trace, project: worktree })}\n`,
  );
  plant("Claude Code's to-dos", join(home, `.claude/todos/${SESSION}.json`), (trace) => JSON.stringify([{ content: trace }]));
  plant("Claude Code's plans", join(home, '.claude/plans/issue-1.md'));
  plant("Codex's session", join(home, `.codex/sessions/2026/11/22/rollout-2026-11-22T10-00-00-${SESSION}.jsonl`), session);
  plant(
    "Codex's prompts",
    join(home, '.codex/history.jsonl'),
    (trace) => `${JSON.stringify({ session_id: SESSION, ts: 1, text: trace })}\n`,
  );
  plant("Codex's memories", join(home, '.codex/memories/MEMORY.md'));
  plant('other worktree', join(other, 'notes.txt'));
  plant('note beside the worktrees', join(dirname(worktree), 'AGENTS.md'));
  plant('temporary folder', join(folder, 'tmp/AGENTS.md'));
  plant('temporary folder, for Claude Code', join(folder, 'tmp/CLAUDE.md'));
  await git('-C', worktree, 'commit', '-q', '--amend', '-m', `Work ${word('commit message')}`);
  await git('-C', worktree, 'notes', 'add', '-m', word('note on the commit'));
  await git('-C', worktree, 'config', 'branch.issue/1-one-apple.description', word("branch's description"));
  await git('branch', word('name of another branch'));
  await succeed(run('git', ['-C', root, 'tag', '-a', 'v1', '-m', word('tag')]));
  return traces;
}

/** What is planted in a worktree is ignored by git, as local files are. */
export function ignoreTraces({ root }: Pick<Workspace, 'root'>): void {
  const patterns = ['CLAUDE.local.md', '.claude/settings.local.json', '.claude/rules/', 'AGENTS.override.md', 'notes.txt'];
  appendFileSync(join(root, '.git/info/exclude'), `${patterns.join('\n')}\n`);
}
