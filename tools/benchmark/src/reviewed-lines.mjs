import { addedLines, splitPrompt } from './diff-lines.mjs';

const SHOWN = 10;

/**
 * Every line that a diff adds was in a diff of just that file that a reviewer was sent; of a file without lines, its name was.
 * @param {string} diff of all that has come to main
 * @param {{ prompt: string }[]} sent
 * @throws Error with the first lines that nobody was shown
 */
export function requireReviewed(diff, sent) {
  const seen = new Map();
  for (const { prompt } of sent) {
    for (const [file, lines] of addedLines(splitPrompt(prompt).diff)) seen.set(file, new Set([...(seen.get(file) ?? []), ...lines]));
  }
  const missing = [...addedLines(diff)].flatMap(([file, lines]) => {
    const reviewed = seen.get(file);
    if (reviewed === undefined) return [`${file}: all of it`];
    return [...lines].filter((line) => !reviewed.has(line)).map((line) => `${file}: ${line}`);
  });
  if (missing.length === 0) return;
  throw new Error(`Lines on main that no reviewer has seen: ${missing.length}\n${missing.slice(0, SHOWN).join('\n')}`);
}
