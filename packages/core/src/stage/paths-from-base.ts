import type { Git } from '../git/git.js';
import { RULE_PATHS } from '../review/rules.js';
import { literalPath, steeringFiles } from '../review/steering-files.js';
import type { AgentProgram, AgentStageSettings } from './stage-settings.js';

/**
 * Pathspecs of all that steers who judges a change: rules, what these lead to, and files of the agent's own program, which it finds by their paths in
 * the folder that it works in. A judge gets them as they are at the base.
 */
export async function pathsFromBase(
  baseTree: string,
  { definition }: Pick<AgentStageSettings, 'definition'>,
  git: Pick<Git, 'listFiles' | 'readFile' | 'readLink'>,
): Promise<readonly string[]> {
  const reached = await steeringFiles(baseTree, await git.listFiles(baseTree), git);
  const { globs, paths } = programFiles(definition);
  return [
    ...RULE_PATHS,
    ...reached.map(({ path }) => literalPath(path)),
    ...globs.map((glob) => `:(glob)${glob}`),
    ...paths.map(literalPath),
  ];
}

/** Files of the repository that are an agent's program: those that it names, and those in the words of its command. */
export function programFiles(definition: AgentProgram): { readonly globs: readonly string[]; readonly paths: readonly string[] } {
  if (definition.type !== 'command') return { globs: [], paths: pathsIn(definition.command) };
  const { files, command, args, writeArgs, readOnlyArgs } = definition;
  return { globs: files, paths: [command, ...args, ...writeArgs, ...readOnlyArgs].flatMap(pathsIn) };
}

/** The path in a word of a command: `./tools/agent.mjs`, `--rules=tools/rules.md`. */
function pathsIn(word: string): readonly string[] {
  const path = word.replace(/^-[^=]*=/, '').replace(/^(?:\.\/)+/, '');
  return /^[^\s/{-][^{]*[^/{]$/.test(path) && /[/.]/.test(path) && !path.split('/').includes('..') ? [path] : [];
}
