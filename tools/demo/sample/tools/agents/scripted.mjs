#!/usr/bin/env node
import { randomInt } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { makeEdits } from './edits.mjs';
import { planFor } from './plans.mjs';
import { readPrompt } from './prompt.mjs';
import { reviewDiff } from './review.mjs';

// A stand-in for a coding agent: it reads a prompt, takes its time, and answers or edits files. What it writes is scripted, how it is run is not.
const SHORTEST_STEP_MS = 100;
const LONGEST_STEP_MS = 400;
const STEPS = {
  plan: ['reading the issue', 'reading the code'],
  build: ['reading the plan', 'editing files'],
  review: ['reading the diff', 'judging it'],
};
const WORK = { plan: planFor, build: makeEdits, review: reviewDiff };

async function main(name) {
  const prompt = readPrompt(await text(process.stdin));
  const log = process.env.DEMO_CALL_LOG;
  if (log !== undefined) appendFileSync(log, `${JSON.stringify({ agent: name, stage: prompt.stage, issue: prompt.title })}\n`);
  for (const step of STEPS[prompt.stage]) {
    process.stderr.write(`${step}\n`);
    await wait(randomInt(SHORTEST_STEP_MS, LONGEST_STEP_MS));
  }
  const answer = WORK[prompt.stage](prompt);
  process.stdout.write(`${typeof answer === 'string' ? answer : JSON.stringify(answer, null, 2)}\n`);
}

if (process.argv[2] === '--version') {
  const { seed } = JSON.parse(readFileSync(new URL('seed.json', import.meta.url), 'utf8'));
  process.stdout.write(`scripted 1.0.0+${seed}\n`);
} else {
  await main(process.argv[2]);
}
