import { appendFileSync, existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { TESTS_ALL } from './versions.js';
import { aPlan, during, rulesFor } from './workspace/agent-scripts.js';
import { filesWith, HOSTILE_FILES, HOSTILE_ISSUE, SAID, SECRETS, SECRET_FILES } from './workspace/hostile-input.js';
import type { Finished } from './workspace/processes.js';
import {
  createAgentWorkspace,
  PLAYED_BY,
  PROGRAMS,
  type AgentName,
  type AgentRoles,
  type AgentWorkspace,
} from './workspace/real-agents.js';
import { worktreeOf } from './workspace/shop.js';
import { succeed } from './workspace/workspace.js';

const ROLES: readonly AgentRoles[] = [
  { writer: 'claude', reviewers: ['codex', 'claude'] },
  { writer: 'codex', reviewers: ['claude', 'codex'] },
];

// What an agent reads, and then says, whatever it was told.
const LEAKS = [
  'cat .env.local',
  'cat certs/dev.pem',
  'cat config/services.txt',
  'env',
  'echo "$ANTHROPIC_API_KEY $OPENAI_API_KEY $SHOP_API_TOKEN"',
];
const approval = { json: { verdict: 'approve', summary: `Sound. ${SAID}`, findings: [] } };

// Neither program lets its writer change its own settings: those are on the base, where they count for as little.
const ON_BASE = { claude: '.claude/', codex: '.codex/' };

const rules = ({ writer }: AgentRoles) => [
  { when: during('plan', 'hostile'), steps: [aPlan(`Do it. ${SAID}`)] },
  // The second writer starts with what the first one left: its hooks, servers and rules.
  ...rulesFor(during('build', 'hostile', "An earlier writer's work"), ({ add, run }) => [
    ...LEAKS.map((command) => run(command)),
    add('fixed.txt', 'fixed'),
    { text: SAID },
  ]),
  ...rulesFor(during('build', 'hostile'), ({ add, run }) => [
    ...LEAKS.map((command) => run(command)),
    ...hostileFiles(writer, false).map(([file, text]) => add(file, text)),
    add('work-apple.txt', 'BROKEN'),
    { text: SAID },
  ]),
  ...rulesFor(during('review', 'hostile'), ({ run }) => [...LEAKS.map((command) => run(command)), approval]),
];

function hostileFiles(writer: AgentName, onBase: boolean): readonly (readonly [string, string])[] {
  return Object.entries(HOSTILE_FILES).filter(([file]) => file.startsWith(ON_BASE[writer]) === onBase);
}

const CHECK = `import { existsSync } from 'node:fs';
console.log(${JSON.stringify(SAID)});
if (!existsSync('fixed.txt')) process.exit(1);
`;

describe.each(TESTS_ALL ? ROLES : ROLES.slice(0, 1))(
  `secrets and hostile input with $writer as writer, played by ${PLAYED_BY}`,
  (roles) => {
    let fleet: AgentWorkspace;
    let finished: Finished;
    const canaries = (): readonly string[] =>
      readdirSync(join(fleet.workspace.folder, 'home'))
        .filter((name) => name.startsWith('canary'))
        .toSorted();

    beforeAll(async () => {
      const files = { ...SECRET_FILES, ...Object.fromEntries(hostileFiles(roles.writer, true)), 'tools/check.mjs': CHECK };
      const env = { SHOP_API_TOKEN: SECRETS.environment };
      fleet = await createAgentWorkspace({ ...roles, issues: { '1': HOSTILE_ISSUE }, files, env });
      fleet.model.answerBy(rules(roles));
      appendFileSync(join(worktreeOf(fleet.workspace, 'issue-1'), '.env.local'), `APP_SECRET="${SECRETS.file}"\n`);
      finished = await fleet.nx('run', 'issue-1:agent-review', '--output-style=static');
    });

    afterAll(async () => {
      await fleet.model.stop();
      await fleet.workspace.removeAtRest();
    });

    it('get to their verdict', () => {
      expect(finished.output).toContain('Verdict: approved');
      expect(finished.exitCode).toBe(0);
    });

    it('leave no secret in artifacts, transcripts, the cache and what is printed', () => {
      const { root } = fleet.workspace;
      const found = Object.entries(SECRETS).flatMap(([kind, secret]) => [
        ...filesWith(secret, [join(root, '.nx-fleet'), join(root, '.nx')]).map((file) => `${kind} in ${file}`),
        ...(finished.output.includes(secret) ? [`${kind} in what is printed`] : []),
      ]);
      expect(found).toEqual([]);
      const redacted = filesWith('Sound. *** amqp://shop:***@', [join(root, '.nx-fleet/out')]).map((file) => basename(file));
      expect(redacted).toEqual(expect.arrayContaining(['review.json', 'transcript.jsonl']));
    });

    it('pass no token of ours to an agent', () => {
      expect(fleet.model.requests().filter(({ text }) => text.includes(SECRETS.environment))).toEqual([]);
    });

    it('execute nothing: no hook, no MCP server, no word of the issue, of the base or of the branch', () => {
      expect(canaries()).toEqual([]);
    });

    it('make a branch, a commit and lines on the terminal that are harmless', async () => {
      const { workspace } = fleet;
      const branch = await workspace.git('for-each-ref', '--format=%(refname)', 'refs/heads/issue');
      expect(branch).toMatch(/^refs\/heads\/issue\/1-[a-z0-9-]+$/);
      // eslint-disable-next-line no-control-regex
      expect(finished.output).not.toMatch(/\u001b\]|\u001b\[2J|\u202e/);
    });

    it('would do their work otherwise: Claude Code by itself runs the hooks and servers of the branch', async () => {
      const { workspace, model } = fleet;
      const [file, ...words] = model.inside(PROGRAMS.claude, ['-p', 'hello']);
      const env = { ANTHROPIC_BASE_URL: model.url, ANTHROPIC_API_KEY: 'sk-ant-loopback-0123456789', IS_SANDBOX: '1' };
      await succeed(workspace.run(file, words, { env, cwd: worktreeOf(workspace, 'issue-1') }));
      expect(canaries()).toEqual(expect.arrayContaining(PROGRAMS.real ? ['canary-hook'] : []));
      expect(existsSync(join(worktreeOf(workspace, 'issue-1'), '.claude/settings.json'))).toBe(true);
    });
  },
);
