/** By the first verb of its prompt. */
const STAGES = { plan: 'plan', do: 'build', review: 'review' };

/** What a stage's prompt says: which stage, which issue, and the stage's material. */
export function readPrompt(prompt) {
  const stage = STAGES[/^You (plan|do|review)\b/.exec(prompt)?.[1]];
  const title = /^`{3,}markdown\n# (.+)$/m.exec(prompt)?.[1];
  if (stage === undefined || title === undefined) throw new Error('the prompt names no stage, or no issue');
  return { stage, title, failures: failuresIn(prompt), diff: diffIn(prompt) };
}

/** The section on failed checks, or null when there is none, or none failed. */
function failuresIn(prompt) {
  const section = /^Checks that failed so far:\n([\s\S]*?)^Rules:$/m.exec(prompt)?.[1].trim() ?? '';
  return section === '' || section === 'None yet.' ? null : section;
}

function diffIn(prompt) {
  return /^(`{3,})diff\n([\s\S]*?)\n\1$/m.exec(prompt)?.[2] ?? '';
}
