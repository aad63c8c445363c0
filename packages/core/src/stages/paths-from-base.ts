import type { Git } from '../git/git.js';
import { RULE_PATHS } from '../review/rules.js';
import { literalPath, steeringFiles } from '../review/steering-files.js';
import type { AgentStageSettings } from './stage-settings.js';

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
  const program =
    definition.type === 'command'
      ? [
          ...definition.files.map((glob) => `:(glob)${glob}`),
          ...[definition.command, ...definition.args, ...definition.writeArgs, ...definition.readOnlyArgs]
            .flatMap(pathsIn)
            .map(literalPath),
        ]
      : [];
  return [...RULE_PATHS, ...reached.map(({ path }) => literalPath(path)), ...program];
}

/** The path in a word of a command: `./tools/agent.mjs`, `--rules=tools/rules.md`. */
function pathsIn(word: string): readonly string[] {
  const path = word.replace(/^-[^=]*=/, '').replace(/^(?:\.\/)+/, '');
  return /^[^\s/{-][^{]*[^/{]$/.test(path) && /[/.]/.test(path) && !path.split('/').includes('..') ? [path] : [];
}
