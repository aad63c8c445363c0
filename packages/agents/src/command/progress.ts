import { parseJson } from '@nx-fleet/core';
import type { Progress } from '../progress/progress-line.js';
import { createExtractor } from './extract.js';
import type { CommandDefinition } from './invocation.js';
import { matches, valueAt } from './json-path.js';

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
