import { OPENINGS } from './prompt-stage.js';
import type { ModelRule, ModelStep, Protocol } from './loopback-model.js';

const PROTOCOLS: readonly Protocol[] = ['messages', 'responses'];

/** How the model has an agent do one thing, in the tools of either program. */
const TOOLS = {
  messages: {
    run: (command: string): ModelStep => ({ tools: [{ name: 'Bash', input: { command, description: 'a command' } }] }),
    add: (file: string, text: string): ModelStep => ({
      tools: [{ name: 'Write', input: { file_path: `{cwd}/${file}`, content: `${text}\n` } }],
    }),
  },
  responses: {
    run: (command: string): ModelStep => ({ tools: [{ name: 'exec_command', input: { cmd: command } }] }),
    add: (file: string, text: string): ModelStep => ({
      tools: [{ name: 'apply_patch', input: `*** Begin Patch\n*** Add File: ${file}\n+${text}\n*** End Patch\n` }],
    }),
  },
};

/** Words of a prompt: its stage, and a scenario that stands in the text. */
export function during(stage: 'plan' | 'build' | 'review', scenario: string, ...more: string[]): string[] {
  return [OPENINGS[stage], `[[scenario:${scenario}]]`, ...more];
}

/** A rule for each protocol: `steps` gets the tools of its program. */
export function rulesFor(when: readonly string[], steps: (tools: (typeof TOOLS)[Protocol]) => readonly ModelStep[]): ModelRule[] {
  return PROTOCOLS.map((protocol) => ({ when, protocol, steps: steps(TOOLS[protocol]) }));
}

/** A plan that asks for nothing in particular. */
export function aPlan(summary = 'Do what the issue says.'): ModelStep {
  return { json: { summary, steps: [{ title: 'Write it', detail: '', files: [] }], acceptance: [], projects: [], assumptions: [] } };
}

export const APPROVAL: ModelStep = { json: { verdict: 'approve', summary: 'Sound.', findings: [] } };

/** A review that blocks for the first line of a file. */
export function objection(file: string): ModelStep {
  const place = { file, startLine: 1, endLine: 1 };
  const finding = {
    category: 'correctness',
    severity: 'high',
    confidence: 0.9,
    title: 'A planted bug',
    body: 'It says BUG.',
    recommendation: 'Take it out.',
    ...place,
  };
  return { json: { verdict: 'request-changes', summary: 'Broken.', findings: [finding] } };
}
