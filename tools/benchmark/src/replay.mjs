import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { splitPrompt } from './diff-lines.mjs';
import { planHistory } from './history.mjs';
import { compareTokens } from './measure.mjs';
import { createPusher } from './pushes.mjs';
import { createReplayWorkspace } from './replay-workspace.mjs';
import { createFloors, shownDiff } from './review-floors.mjs';
import { requireReviewed } from './reviewed-lines.mjs';

const GOAL = 0.25;
const CHARACTERS_PER_TOKEN = 4;
const tokensOf = (text) => Math.ceil(text.length / CHARACTERS_PER_TOKEN);
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** What reviewers are sent over a history of pushes, against what they would be sent by two usual ways to review. */
export async function measureReplay(place, { seed, say }) {
  const workspace = createReplayWorkspace(place);
  const first = workspace.git('rev-parse', 'main');
  const pushes = replay(workspace, { seed, say });
  requireReviewed(shownDiff(workspace.git, first, 'main'), workspace.prompts());
  const { before, after } = splitPrompt(workspace.prompts()[0].prompt);
  const floorTokens = (diff) => (diff === '' ? 0 : tokensOf(`${before}${diff}${after}`));
  const ours = sum(pushes.map(({ tokens }) => sum(tokens)));
  const runs = sum(pushes.map(({ tokens }) => tokens.length));
  const floorOf = (kind, counted) => counted.map(({ diffs }) => floorTokens(diffs[kind])).filter((tokens) => tokens > 0);
  say(reasonLine(pushes));
  const line = (floor, kind, { counted = pushes, goal }) => {
    const floors = floorOf(kind, counted);
    const what = `tokens that reviewers are sent over ${pushes.length} pushes (${runs} agent runs)`;
    return compareTokens({ what, floor: `${floor} (${floors.length} runs)`, goal, ours, floors: sum(floors) });
  };
  const inPulls = pushes.filter(({ kind }) => kind !== 'merge');
  return [
    line('the whole diff at each push', 'full', { goal: GOAL }),
    line('the whole diff at each push, pushes to main not reviewed', 'full', { counted: inPulls }),
    line('the diff of each push, after a rebase the whole one', 'incremental', {}),
    line('the diff of each push, pushes to main not reviewed', 'incremental', { counted: inPulls }),
  ];
}

/** Each push on a runner without anything but the cache that all share. */
function replay(workspace, { seed, say }) {
  const push = createPusher(workspace, seed);
  const floors = createFloors(workspace.git);
  const reasonOf = createReasons();
  let asked = 0;
  return planHistory(seed).map((step, index) => {
    const pushed = push(step);
    const diffs = floors(pushed);
    rmSync(join(workspace.root, '.nx-fleet/out'), { recursive: true, force: true });
    workspace.nx(['affected', '-t', 'agent-review', `--base=${pushed.base}`]);
    const prompts = workspace.prompts().slice(asked);
    asked += prompts.length;
    const reviews = prompts.map(({ prompt }) => ({ ...reasonOf(prompt, step), tokens: tokensOf(prompt) }));
    const shown = reviews.map(({ project, reason, tokens }) => `${project} ${tokens} (${reason})`);
    say(`  ${index + 1} pull ${step.pull} ${step.kind} ${step.projects.join('+')}: ${shown.join(', ') || 'nothing is asked'}`);
    return { kind: step.kind, diffs, reviews, tokens: reviews.map(({ tokens }) => tokens) };
  });
}

/** Why a project is read: seen from what the reviewers were sent before. */
function createReasons() {
  const prompts = new Set();
  const projects = new Set();
  return (prompt, { pull }) => {
    const [, project = ''] = /^# Changes to (.+)$/m.exec(prompt) ?? [];
    const inPull = `${project} in ${pull}`;
    const again = projects.has(inPull) ? 'changed again' : 'new';
    const reason = prompts.has(prompt) ? 'what it depends on changed' : again;
    prompts.add(prompt);
    projects.add(inPull);
    return { project, reason };
  };
}

function reasonLine(pushes) {
  const tokens = new Map();
  for (const { reason, tokens: count } of pushes.flatMap(({ reviews }) => reviews)) tokens.set(reason, (tokens.get(reason) ?? 0) + count);
  return `  tokens by reason: ${[...tokens].map(([reason, count]) => `${reason} ${count}`).join(', ')}`;
}
