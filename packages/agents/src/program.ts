import { resolve } from 'node:path';

/** A name without a slash is looked up on PATH; anything else is a path, taken from the workspace. */
export function resolveProgram(command: string, workspaceRoot: string): string {
  return /[/\\]/.test(command) ? resolve(workspaceRoot, command) : command;
}

/** What to do when the program of the agent `name` is missing; `npmPackage` is null when we cannot know where it comes from. */
export function installHint(name: string, command: string, npmPackage: string | null): string {
  const install = npmPackage === null ? 'Install it' : `Install it: npm install -g ${npmPackage}`;
  return `"${command}" was not found. ${install}, or set "agents.define.${name}.command".`;
}
