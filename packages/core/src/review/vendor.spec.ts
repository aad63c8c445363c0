import { parseSettings } from '../settings/parse-settings.js';
import { REVIEW } from '../stages/review/review.stage.js';
import { vendorOf } from './vendor.js';

const command = (path: string, model?: string): object => ({
  type: 'command',
  command: path,
  ...(model === undefined ? {} : { models: { standard: model } }),
});
const define = {
  strict: { type: 'claude', models: { standard: 'opus' } },
  house: command('./tools/agents/house.mjs'),
  large: command('tools/agents/house.mjs', 'large'),
  small: command('/opt/house.mjs', 'small'),
};
const settings = parseSettings([{ file: 'nx.json', value: { agents: { define } } }]);

describe('vendorOf', () => {
  it.each([
    ['claude', 'claude'],
    ['codex', 'codex'],
    ['strict', 'claude'],
    ['house', 'house.mjs'],
    ['large', 'house.mjs large'],
    ['small', 'house.mjs small'],
  ])('of %s is %s', (agent, vendor) => {
    expect(vendorOf(REVIEW.settings(settings, agent))).toBe(vendor);
  });
});
