import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const READING =
  /^(?:git (?:branch -a|cat-file|config --list|count-objects|diff|log|notes list|reflog|rev-list|stash list|status|tag -n|worktree list)\b|cat |ls\b|echo )/;
// Both programs close other folders to a reader.
const MORE_THAN_READING = /[>;&|`$]|--output|(?:^|[\s=])(?:\/|\.\.)/;

/** Runs a command of the model, if the agent may: what writes is refused to a reader. @returns its output, or null for a refusal */
export function runCommand(command, isReader) {
  if (isReader && (!READING.test(command) || MORE_THAN_READING.test(command))) return null;
  const { stdout, stderr } = spawnSync('/bin/sh', ['-c', command], { encoding: 'utf8' });
  return `${stdout}${stderr}`;
}

/** Writes a file, if the agent may and it lies in its folder. @returns whether it did */
export function writeText(file, text, isReader) {
  const path = resolve(file);
  if (isReader || !path.startsWith(`${process.cwd()}/`)) return false;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return true;
}
