import { lstatSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ModelStep, Protocol } from './loopback-model.js';
import { worktreeOf } from './shop.js';
import type { Workspace } from './workspace.js';

export interface Targets {
  /** The linked worktree. */
  readonly worktree: string;
  readonly main: string;
}

/** Commands that write: into the reader's own folder, the worktree and the main one; files, index, refs, stash, configuration, hooks. */
export function writingCommands({ worktree, main }: Targets): readonly string[] {
  return [
    ...['.', worktree, main].flatMap((folder) => [
      `echo x > ${folder}/sneaky.txt`,
      `cp AGENTS.md ${folder}/copied.md`,
      `tee ${folder}/tee.txt < AGENTS.md`,
      `touch ${folder}/AGENTS.md ${folder}/touched.txt`,
      `sed -i s/RULE/none/ ${folder}/AGENTS.md`,
      `chmod 777 ${folder}/AGENTS.md`,
      `rm -f ${folder}/AGENTS.md`,
      `mv ${folder}/AGENTS.md ${folder}/moved.md`,
      `mkdir ${folder}/folder`,
      `ln -s /etc/hostname ${folder}/link`,
      `node -e "require('fs').writeFileSync('${folder}/node.txt', 'x')"`,
      `git diff --output=${folder}/leak.txt HEAD`,
      `git log --output=${folder}/log.txt`,
      `git -C ${folder} commit --allow-empty -m sneaky`,
      `git -C ${folder} stash push -u`,
      `git -C ${folder} branch sneaky`,
      `git -C ${folder} tag sneaky`,
      `git -C ${folder} update-ref refs/heads/sneaky HEAD`,
      `git -C ${folder} reset --hard HEAD~1`,
      `git -C ${folder} checkout -b sneaky`,
      `git -C ${folder} config core.hooksPath /tmp`,
      `git -C ${folder} notes add -m sneaky`,
      `git -C ${folder} rm --cached AGENTS.md`,
      `git -C ${folder} worktree add sneaky-worktree`,
      `git --git-dir=${folder}/.git config user.name sneaky`,
    ]),
    `echo x > ${main}/.git/hooks/pre-commit`,
    `echo x > ${main}/.git/sneaky`,
    `echo x >> ${main}/.git/config`,
    'GIT_PAGER="touch paged.txt; cat" git -p log',
    'git -c core.pager="touch paged.txt" -p log',
    'git -c alias.x="!touch aliased.txt" x',
    'git grep -O"touch opened.txt" RULE',
    'cat AGENTS.md && echo x > after.txt',
    'cat AGENTS.md; echo x > later.txt',
    'cat "$(touch substituted.txt; echo AGENTS.md)"',
    'find . -maxdepth 1 -name AGENTS.md -delete',
    'find . -maxdepth 1 -name AGENTS.md -exec touch found.txt {} +',
    'sort -o sorted.txt AGENTS.md',
    'rg --pre "touch" RULE AGENTS.md',
  ];
}

/** All attempts as the calls of one turn, in the tools of either program, those for editing included. */
export function attempts(protocol: Protocol, targets: Targets): ModelStep {
  const commands = writingCommands(targets);
  const folders = ['{cwd}', targets.worktree, targets.main];
  if (protocol === 'messages') {
    const edit = (folder: string) => ({ file_path: `${folder}/AGENTS.md`, old_string: 'RULE-WORD', new_string: 'none' });
    return {
      tools: [
        ...folders.map((folder) => ({ name: 'Read', input: { file_path: `${folder}/AGENTS.md` } })),
        ...folders.map((folder) => ({ name: 'Write', input: { file_path: `${folder}/written.txt`, content: 'x' } })),
        ...folders.map((folder) => ({ name: 'Edit', input: edit(folder) })),
        ...commands.map((command) => ({ name: 'Bash', input: { command, description: 'try' } })),
        { name: 'Bash', input: { command: 'touch unsandboxed.txt', description: 'try', dangerouslyDisableSandbox: true } },
      ],
    };
  }
  const patch = (folder: string) => `*** Begin Patch\n*** Add File: ${folder}/patched.txt\n+x\n*** End Patch\n`;
  const escalated = { cmd: 'touch escalated.txt', sandbox_permissions: 'require_escalated', justification: 'I want to' };
  return {
    tools: [
      ...['.', targets.worktree, targets.main].map((folder) => ({ name: 'apply_patch', input: patch(folder) })),
      ...commands.map((cmd) => ({ name: 'exec_command', input: { cmd } })),
      { name: 'exec_command', input: escalated },
    ],
  };
}

/** Every file of the worktree and the main one, git's own included, with its mode; not what Nx and our stages write there, nor backups. */
export async function stateOf(workspace: Workspace, { worktree, main }: Targets): Promise<object> {
  const index = (folder: string): Promise<string> => workspace.git('-C', folder, 'ls-files', '--stage');
  return {
    files: Object.fromEntries([...filesOf(worktree), ...filesOf(main)]),
    index: [await index(worktree), await index(main)],
    refs: (await workspace.git('for-each-ref')).split('\n').filter((ref) => !ref.includes(BACKUPS)),
    // What is deleted in the background may be there or not.
    beside: readdirSync(join(worktree, '..')).filter((name) => !name.startsWith('.nx-fleet-discarded-')),
  };
}

export function targetsOf(workspace: Workspace, project: string): Targets {
  return { worktree: worktreeOf(workspace, project), main: workspace.root };
}

const BACKUPS = 'refs/nx-fleet/backup/';
// Of git's own files, those that only tell what was done before, and those that are compared as `index` and `refs`.
const NOT_LOOKED_AT = new Set(['node_modules', '.nx', '.nx-fleet', 'objects', 'index', 'logs', 'ORIG_HEAD', 'COMMIT_EDITMSG', 'backup']);

function filesOf(folder: string): readonly (readonly [string, string])[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (NOT_LOOKED_AT.has(name)) return [];
    const stat = lstatSync(path);
    if (stat.isDirectory()) return filesOf(path);
    const text = stat.isSymbolicLink() ? readlinkSync(path) : createHash('sha256').update(readFileSync(path)).digest('hex');
    return [[path, `${stat.mode.toString(8)} ${text}`] as const];
  });
}

/** An agent that does as it likes: what `vandal.json` in HOME says, then it approves. */
const VANDAL = `#!/usr/bin/env node
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
if (process.argv.includes('--version')) {
  console.log('vandal 1.0.0');
} else {
  for (const command of JSON.parse(readFileSync(process.env.HOME + '/vandal.json', 'utf8'))) spawnSync('/bin/sh', ['-c', command]);
  console.log(JSON.stringify({ verdict: 'approve', summary: 'Trust me.', findings: [] }));
}
`;

export const VANDAL_FILES: Readonly<Record<string, string>> = { 'tools/vandal.mjs': VANDAL };
export const VANDAL_DEFINITION = { type: 'command', command: './tools/vandal.mjs', args: ['{mode}'], files: ['tools/vandal.mjs'] };

/** Tells the vandal what to do next. */
export function orderVandal({ folder }: Pick<Workspace, 'folder'>, commands: readonly string[]): void {
  writeFileSync(join(folder, 'home/vandal.json'), JSON.stringify(commands));
}
