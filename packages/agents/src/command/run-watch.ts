import { parseJson } from '@nx-fleet/core';
import { createExtractor, extractOutput, type Extraction } from './extract.js';
import type { CommandDefinition } from './invocation.js';
import { apiFailure, hasAnswered } from './outcome.js';

export interface RunWatch {
  /** Reads a line of standard output. */
  read(line: string): void;
  /** The answer is whole, or the model's server has refused: what comes after that tells nothing more. */
  isOver(): boolean;
}

interface Watched {
  readonly name: string;
  readonly isAnswer: ((text: string) => boolean) | undefined;
}

/** Follows a program's standard output, to see when its run is over while its process still runs. */
export function createRunWatch(definition: CommandDefinition, watched: Watched): RunWatch {
  const extractor = createExtractor(definition.extract);
  const lines: string[] = [];
  let isOver = false;
  const isEnd = (extraction: Extraction): boolean => hasAnswered(extraction, watched) || apiFailure(extraction, watched) !== null;
  return {
    isOver: () => isOver,
    read(line) {
      if (definition.output !== 'jsonl') {
        lines.push(line);
        // An object, bare or in a code fence, can only be whole at such a line.
        if (/(?:\}|```)\s*$/.test(line)) isOver = isEnd(extractOutput(lines.join('\n'), definition));
        return;
      }
      const document = parseJson(line);
      if (typeof document !== 'object' || document === null) return;
      extractor.read(document);
      const { text, ...rest } = extractor.found();
      isOver = isEnd({ answer: definition.extract.text === undefined ? line : text, ...rest });
    },
  };
}
