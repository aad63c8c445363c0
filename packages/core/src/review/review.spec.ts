import { aFinding } from './finding.contract.js';
import { reviewAnswerSchema, findVendor } from './review.js';
import { parseSettings } from '../settings/parse-settings.js';
import { REVIEW } from '../stages/review/review.stage.js';

const approval = { verdict: 'approve', summary: '', findings: [] };
const accepts = (answer: unknown): boolean => reviewAnswerSchema.safeParse(answer).success;

describe('reviewAnswerSchema', () => {
  it('takes an approval without findings, and no request for changes without one', () => {
    expect(accepts(approval)).toBe(true);
    expect(accepts({ ...approval, verdict: 'request-changes' })).toBe(false);
    expect(accepts({ ...approval, verdict: 'request-changes', findings: [aFinding()] })).toBe(true);
  });

  it.each([
    ['a severity of its own making', { severity: 'blocker' }],
    ['a category of its own making', { category: 'style' }],
    ['no category', { category: undefined }],
    ['more than a finding', { approved: true }],
    ['a line that is no number', { startLine: '3' }],
  ])('takes no finding with %s', (_, change) => {
    expect(accepts({ ...approval, findings: [{ ...aFinding(), ...change }] })).toBe(false);
  });
});

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

describe('findVendor', () => {
  it.each([
    ['claude', 'claude'],
    ['codex', 'codex'],
    ['strict', 'claude'],
    ['house', 'house.mjs'],
    ['large', 'house.mjs large'],
    ['small', 'house.mjs small'],
  ])('of %s is %s', (agent, vendor) => {
    expect(findVendor(REVIEW.settings(settings, agent))).toBe(vendor);
  });
});
