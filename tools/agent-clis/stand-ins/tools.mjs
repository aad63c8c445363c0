import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const READING = /^(?:git (?:branch -a|config --list|diff|log|notes list|stash list|status|tag -n|worktree list)\b|cat |ls\b|echo )/;
const MORE_THAN_READING = /[>;&|`$]|--output/;

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
