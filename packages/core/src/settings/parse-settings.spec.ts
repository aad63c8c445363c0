import { parseSettings } from './parse-settings.js';
import { UserError } from '../errors/user-error.js';

function messageFor(value: unknown, file = 'nx.json'): string {
  return messageOf([{ file, value }]);
}

function messageOf(sources: Parameters<typeof parseSettings>[0]): string {
  try {
    parseSettings(sources);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  throw new Error('the options were taken');
}

describe('parseSettings', () => {
  it('has defaults that need neither network nor account', () => {
    const settings = parseSettings([{ file: 'nx.json', value: undefined }]);
    expect(settings.tracker).toEqual({ type: 'markdown', directory: 'docs/issues' });
    expect(settings.database).toEqual({ type: 'none' });
    expect(settings.agents).toMatchObject({ writer: 'claude', planner: 'claude', reviewers: ['codex'] });
    expect(settings.agents.define['claude']?.models.strong).toBe('opus');
    expect(settings.checks).toEqual(['nx affected -t lint,test,build --base={base}']);
    expect(settings.review.blockOn).toBe('high');
    expect(settings.build.attempts).toBe(3);
    expect(settings.ports.variables[0]).toBe('PORT');
  });

  it('takes the keys of all sources together', () => {
    const settings = parseSettings([
      { file: 'nx.json', value: { $schema: 'one', review: { blockOn: 'low' } } },
      { file: 'nx-fleet.json', value: { $schema: 'other', build: { attempts: 1 } } },
    ]);
    expect([settings.review.blockOn, settings.build.attempts]).toEqual(['low', 1]);
  });

  it.each(['/etc/prompts', '../prompts', 'a/../../prompts', '.', './', '', 'C:/prompts', 'a\\b', '!a'])(
    'refuses "%s" as a folder of prompts, which Nx would not hash',
    (prompts) => expect(messageFor({ prompts })).toContain('"prompts": expected a path below the workspace'),
  );

  it('plans with the writer unless a planner is named', () => {
    const define = { mine: { type: 'command', command: './agent.mjs' } };
    expect(parseSettings([{ file: 'nx.json', value: { agents: { writer: 'mine', define } } }]).agents.planner).toBe('mine');
    expect(parseSettings([{ file: 'nx.json', value: { agents: { writer: 'mine', planner: 'codex', define } } }]).agents.planner).toBe(
      'codex',
    );
  });

  it('lets a definition replace one of the built-in agents', () => {
    const define = { claude: { type: 'claude', command: '/opt/claude' } };
    expect(parseSettings([{ file: 'nx.json', value: { agents: { define } } }]).agents.define['claude']).toMatchObject({
      command: '/opt/claude',
      models: {},
    });
  });

  it('refuses a key that two files set, and names both', () => {
    expect(
      messageOf([
        { file: 'nx.json', value: { checks: [] } },
        { file: 'nx-fleet.json', value: { checks: [] } },
      ]),
    ).toBe('"checks" is set in nx.json and in nx-fleet.json. Keep one of them.');
  });

  it('names the file that an invalid key stands in', () => {
    const message = messageOf([
      { file: 'nx.json', value: { build: {} } },
      { file: 'nx-fleet.json', value: { checks: 5 } },
    ]);
    expect(message).toBe('Invalid nx-fleet options in nx-fleet.json at "checks": Invalid input: expected array, received number.');
  });

  it.each([
    ['an array', []],
    ['text', 'x'],
    ['a number', 5],
  ])('refuses %s in place of the options', (_, value) => {
    expect(messageFor(value)).toBe('Invalid nx-fleet options in nx.json: expected an object.');
  });

  it.each([
    [{ tracker: { type: 'foo' } }, 'at "tracker.type": expected one of "github", "markdown", not "foo"'],
    [{ tracker: {} }, 'at "tracker.type": expected one of "github", "markdown", and there is none'],
    [{ tracker: 'github' }, 'at "tracker": Invalid input: expected object, received string'],
    [{ database: { type: 7 } }, 'at "database.type": expected one of "none", "sqlite", "postgres", "neon", "command", not number'],
    [{ database: { type: 'sqlite' } }, 'at "database.file": Invalid input: expected string, received undefined'],
    [{ database: { type: 'sqlite', file: 'a.db', url: 'file:a.db' } }, 'at "database.url": Invalid string: must include "{file}"'],
    [
      { checks: ['a && b'] },
      'at "checks.0": Command "a && b" uses shell syntax, and no shell runs it. Split it into several commands, or name the shell: ["sh", "-c", "…"]',
    ],
    [
      { worktrees: { setup: ['echo "x'] } },
      'at "worktrees.setup.0": Command "echo "x" has a quote that is not closed. Close it, or give the words as an array',
    ],
    [{ checks: [5] }, 'at "checks.0": expected string or array, not number'],
    [{ checks: [['nx', 5]] }, 'at "checks.0": at its "1": Invalid input: expected string, received number'],
    [{ review: { blockOn: 'hihg' } }, 'at "review.blockOn": expected one of "critical", "high", "medium", "low", "none", not "hihg"'],
    [{ build: { attempts: 11 } }, 'at "build.attempts": Too big: expected number to be <=10'],
    [{ build: { attempts: 1.5 } }, 'at "build.attempts": Invalid input: expected int, received number'],
    [{ build: { attempt: 1 } }, 'at "build": unknown key "attempt"; expected attempts, commit'],
    [{ agents: { reviewer: 'codex' } }, 'at "agents": unknown key "reviewer"; expected writer, planner, reviewers, tiers, prices, define'],
    [{ agents: { tiers: { plan: 'best' } } }, 'at "agents.tiers.plan": expected one of "light", "standard", "strong", not "best"'],
    [
      { agents: { define: { 'My Agent': { type: 'codex' } } } },
      'at "agents.define.My Agent": a key of it is not valid: expected lower-case letters, digits and single hyphens',
    ],
    [{ agents: { reviewers: [] } }, 'at "agents.reviewers": Too small: expected array to have >=1 items'],
    [
      { agents: { reviewers: ['amp'] } },
      'at "agents.reviewers.0": expected one of claude, codex, opencode, gemini, copilot; define "amp" under agents.define',
    ],
    [
      { agents: { reviewers: ['constructor'] } },
      'at "agents.reviewers.0": expected one of claude, codex, opencode, gemini, copilot; define "constructor" under agents.define',
    ],
    [
      { database: { type: 'neon', variable: 'URL', directVariable: 'URL' } },
      'at "database.directVariable": expected another name than that of "variable"',
    ],
    [{ agents: { reviewers: ['codex', 'codex'] } }, 'at "agents.reviewers": expected each reviewer once'],
  ])('says of %j: %s', (value, expected) => {
    expect(messageFor(value)).toBe(`Invalid nx-fleet options in nx.json ${expected}.`);
  });

  it('lists the keys that there are when one is unknown', () => {
    expect(messageFor({ reviews: {} })).toMatch(
      /^Invalid nx-fleet options in nx\.json: unknown key "reviews"; expected \$schema, tracker, .*review, /,
    );
  });

  it('does not let a key pass as a prototype', () => {
    expect(messageFor(JSON.parse('{"__proto__":{"checks":["true"]}}'))).toContain('unknown key "__proto__"');
  });

  it('puts each fault on a line of its own', () => {
    expect(messageFor({ checks: 5, build: { attempts: 0 } }).split('\n')).toHaveLength(2);
  });

  it('shows no control characters of a key', () => {
    expect(messageFor({ 'a\u001b[31m\nb': 1 })).toContain('"a b"');
  });
});
