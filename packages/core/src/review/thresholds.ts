import type { TouchedFile } from './file-diff.js';

const NUMBER =
  /\b(branches|functions|lines|statements|coverage|fail[-_]under|threshold\w*|max-?warnings)\b["']?(?:\s*[:=]\s*|\s+)["']?(-?\d+(?:\.\d+)?)/gi;
/** Common words, which mean a coverage only where settings stand. */
const COVERAGE_ONLY = /^(?:branches|functions|lines|statements)$/i;
const SETTINGS_FILE = /\.(?:jsonc?|[cm]?[jt]s|toml|cfg|ini)$|rc$/i;

interface Threshold {
  readonly name: string;
  readonly value: number;
}

/** Whether a number that a check must reach is smaller than before, or gone, and is in no other file as high. Of warnings that are let pass, more is less. */
export function lowersThreshold(file: TouchedFile, files: readonly TouchedFile[]): boolean {
  if (file.kind === 'deleted') return false;
  const elsewhere = files.filter((other) => other !== file).flatMap((other) => thresholds(other.path, other.added));
  const before = thresholds(file.path, file.removed);
  const after = thresholds(file.path, file.added);
  return before.some((threshold, index) => {
    const isSame = ({ name }: Threshold): boolean => name === threshold.name;
    const nth = before.slice(0, index).filter(isSame).length;
    const now = after.filter(isSame)[nth];
    return now === undefined ? !elsewhere.some((other) => isSame(other) && !isLower(threshold, other)) : isLower(threshold, now);
  });
}

function isLower(before: Threshold, after: Threshold): boolean {
  return before.name.includes('warnings') ? warningsLetPass(after) > warningsLetPass(before) : after.value < before.value;
}

/** ESLint takes a number below 0 for no limit. */
function warningsLetPass({ value }: Threshold): number {
  return value < 0 ? Number.POSITIVE_INFINITY : value;
}

function thresholds(path: string, lines: readonly string[]): readonly Threshold[] {
  const found = lines.flatMap((line) =>
    [...line.matchAll(NUMBER)].map((match) => ({ name: (match[1] ?? '').toLowerCase(), value: Number(match[2]) })),
  );
  return found.filter(({ name }) => SETTINGS_FILE.test(path) || !COVERAGE_ONLY.test(name));
}
