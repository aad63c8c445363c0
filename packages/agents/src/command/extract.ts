import type { ModelUsage } from '@nx-fleet/core';
import { parseJson } from '../json.js';
import type { CommandDefinition } from './invocation.js';

/** What a program's output says, as far as the configured paths find it. */
export interface Extraction {
  readonly answer: string | null;
  readonly error: string | null;
  readonly usage: ModelUsage;
  readonly costUsd: number | null;
}

/** Reads standard output in the configured form. In `jsonl` the last line that has a path counts for that path. */
export function extractOutput(stdout: string, definition: Pick<CommandDefinition, 'output' | 'extract'>): Extraction {
  const { output, extract } = definition;
  const documents = output === 'text' ? [] : documentsOf(stdout, output);
  const find = (path: string | undefined): unknown => (path === undefined ? undefined : lastAt(documents, path));
  return {
    answer: output === 'text' ? stdout.trim() : textOf(extract.text === undefined ? documents.at(-1) : find(extract.text)),
    error: textOf(find(extract.error) || undefined),
    usage: {
      model: textOf(find(extract.model)),
      inputTokens: countOf(find(extract.inputTokens)),
      cachedInputTokens: countOf(find(extract.cachedInputTokens)),
      outputTokens: countOf(find(extract.outputTokens)),
    },
    costUsd: amountOf(find(extract.costUsd)),
  };
}

function documentsOf(stdout: string, output: 'json' | 'jsonl'): readonly object[] {
  const texts = output === 'json' ? [stdout] : stdout.split('\n');
  return texts.map(parseJson).filter((value): value is object => typeof value === 'object' && value !== null);
}

function lastAt(documents: readonly object[], path: string): unknown {
  for (const document of documents.toReversed()) {
    const value = valueAt(document, path);
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

function valueAt(document: object, path: string): unknown {
  let value: unknown = document;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.getOwnPropertyDescriptor(value, name)?.value;
  }
  return value;
}

function textOf(value: unknown): string | null {
  if (value === undefined || value === null || value === false) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function countOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

function amountOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}
