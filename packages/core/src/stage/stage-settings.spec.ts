import { parseSettings } from '../settings/parse-settings.js';
import type { SettingsInput } from '../settings/settings.js';
import { BUILD } from '../stages/build/build.stage.js';
import { PLAN } from '../stages/plan/plan.stage.js';
import { REVIEW } from '../stages/review/review.stage.js';
import { VALIDATE } from '../stages/validate/validate.stage.js';
import { stageLimits } from './stage-settings.js';

function keys(value: SettingsInput): Record<string, string> {
  const settings = parseSettings([{ file: 'nx.json', value }]);
  return {
    plan: JSON.stringify(PLAN.settings(settings, '')),
    build: JSON.stringify(BUILD.settings(settings, 'claude')),
    validate: JSON.stringify(VALIDATE.settings(settings, '')),
    review: JSON.stringify(REVIEW.settings(settings, 'codex')),
  };
}

describe('stage settings', () => {
  it.each<readonly [string, SettingsInput, readonly string[]]>([
    [
      'a model of the writer',
      { agents: { define: { claude: { type: 'claude', models: { light: 'haiku', standard: 'new', strong: 'opus' } } } } },
      ['build'],
    ],
    [
      'the tier of a review',
      { agents: { tiers: { review: 'strong' }, define: { codex: { type: 'codex', models: { strong: 'x' } } } } },
      ['review'],
    ],
    ['the fallback model', { agents: { define: { codex: { type: 'codex', models: { fallback: 'small' } } } } }, ['review']],
    ['the checks', { checks: ['true'] }, ['build', 'validate']],
    ['the attempts', { build: { attempts: 1 } }, ['build']],
    ['passed variables', { worktrees: { passEnv: ['CI'] } }, ['build', 'validate']],
    ['setup commands', { worktrees: { setup: ['migrate'], smoke: 'true' } }, ['validate']],
    ['limits', { limits: { agentMinutes: 1, checkMinutes: 1 } }, []],
    ['the gate', { review: { blockOn: 'low' } }, []],
    ['what is left out of reviews', { review: { exclude: ['*.snap'] } }, ['review']],
    ['ports and database', { ports: { variables: ['P'] }, database: { type: 'sqlite', file: 'a.db' } }, []],
  ])('change with %s where a stage depends on it, and nowhere else', (_, change, changed) => {
    const [before, after] = [keys({}), keys(change)];
    expect(Object.keys(before).filter((stage) => before[stage] !== after[stage])).toEqual(changed);
  });

  it('turn minutes into milliseconds', () => {
    expect(stageLimits(parseSettings([{ file: 'nx.json', value: { limits: { agentIdleMinutes: 0.5 } } }]))).toEqual({
      agentTimeoutMs: 1_800_000,
      agentIdleTimeoutMs: 30_000,
      rateLimitWaitMs: 300_000,
      checkTimeoutMs: 1_800_000,
      dependencySafety: 'hardlink',
      commitTemplate: null,
    });
  });
});
