import { printableLine } from '../../text/printable.js';

const MAX_CHECKS = 50;
const MAX_CHARACTERS = 300;
const TASK_ITEM = /^\s*(?:[-*+]|\d+[.)])\s+\[[ xX]\]\s+(.+)$/;
const ITEM = /^\s*(?:[-*+]|\d+[.)])\s+(.+)$/;
const HEADING = /^#{1,6}\s+(.+)$/;
const ACCEPTANCE = /\b(?:acceptance|done when|definition of done|expected behaviou?r)\b/i;

/** What an issue says that must hold: its task list, else the list under a heading such as "Done when"; empty when it says neither. */
export function acceptanceChecks(spec: string): readonly string[] {
  const lines = spec.split(/\r?\n/);
  const tasks = lines.flatMap((line) => TASK_ITEM.exec(line)?.[1] ?? []);
  return (tasks.length > 0 ? tasks : itemsOfSection(lines)).slice(0, MAX_CHECKS).map((text) => printableLine(text, MAX_CHARACTERS));
}

function itemsOfSection(lines: readonly string[]): readonly string[] {
  let isInside = false;
  return lines.flatMap((line) => {
    const heading = HEADING.exec(line)?.[1];
    if (heading !== undefined) isInside = ACCEPTANCE.test(heading);
    return isInside && heading === undefined ? (ITEM.exec(line)?.[1] ?? []) : [];
  });
}
