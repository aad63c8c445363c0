import { compare, measureInTurns } from './measure.mjs';

const CI = { CI: 'true' };

/** A run that is all cache hits against a target graph of the same shape that does nothing. */
export async function measureCachedRun({ plain }, { rounds, issues }) {
  const { nx } = plain;
  const numbers = Array.from({ length: issues }, (_, index) => index + 1);
  const floors = numbers.map((number) => `floor-${number}`).join(',');
  const contestants = {
    raw: { run: () => nx(['run-many', '-t', 'floor', '-p', floors], CI) },
    ours: { run: () => nx(['run-many', '-t', 'agent-review'], CI) },
  };
  nx(['g', 'nx-fleet:worktree', `--issue=${numbers.join(',')}`], CI);
  for (const { run } of Object.values(contestants)) run();
  const { ours, raw } = await measureInTurns(contestants, rounds);
  nx(['g', 'nx-fleet:remove-worktree', `--issue=${numbers.join(',')}`, '--force'], CI);
  return [
    compare({
      what: `nx run-many -t agent-review, ${issues} issues, all cached`,
      floor: 'the same graph of targets that do nothing',
      goal: 0.6,
      ours,
      floors: raw,
    }),
  ];
}
