import { parseJson } from '@nx-fleet/core';
import { createExtractor, type Extraction, extractOutput, matches, valueAt } from './extract.js';
import type { CommandDefinition } from './invocation.js';
import { apiFailure, hasAnswered } from './outcome.js';
import type { Progress } from '../progress/progress-line.js';

type ReadLine = (line: string, stream: 'stdout' | 'stderr') => Progress | null;

/** Reads a program's lines as they come: standard error as it is, `jsonl` by the definition's rules. */
export function createProgressReader({ output, extract, progress }: CommandDefinition, model: string | null): ReadLine {
  const extractor = createExtractor(extract);
  let count = 0;
  return (line, stream) => {
    const document = stream === 'stdout' && output === 'jsonl' ? parseJson(line) : undefined;
    const lines = stream === 'stderr' ? [line] : [];
    if (typeof document === 'object' && document !== null) {
      extractor.read(document);
      lines.push(...progress.filter(({ where }) => matches(document, where)).map(({ say }) => filledIn(say, document)));
      count += lines.length;
    }
    if (lines.length === 0) return null;
    const { usage } = extractor.found();
    return { lines, isUrgent: false, meter: { unit: 'step', count, usage: [{ ...usage, model: usage.model ?? model }] } };
  };
}

function filledIn(say: string, document: object): string {
  return say.replace(/\{([^{}]+)\}/g, (_, path: string) => {
    const value = valueAt(document, path);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  });
}

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
