/**
 * Chance that a seed decides, the same on every machine (Marsaglia's xorshift).
 * @param {number} seed
 */
export function seededRandom(seed) {
  let state = Math.imul(seed, 2654435761) | 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  // The first numbers of small seeds are alike.
  for (let time = 0; time < 20; time++) next();
  const between = (least, most) => least + Math.floor(next() * (most - least + 1));
  const pick = (list) => list[Math.floor(next() * list.length)];
  return { between, pick, weighted: (weights) => weightedPick(weights, next()), shuffle: (list) => shuffled(list, next) };
}

/** @param {Record<string, number>} weights @param {number} share from 0 to 1 */
function weightedPick(weights, share) {
  const entries = Object.entries(weights);
  let left = share * entries.reduce((sum, [, weight]) => sum + weight, 0);
  return entries.find(([, weight]) => (left -= weight) < 0)?.[0] ?? entries[0][0];
}

function shuffled(list, next) {
  return list
    .map((value) => ({ value, at: next() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ value }) => value);
}
