import { join } from 'node:path';
import { aPlan, APPROVAL, during, rulesFor } from './workspace/agent-scripts.js';
import type { ModelRequest } from './workspace/loopback-model.js';
import { createAgentWorkspace, PLAYED_BY, PROGRAMS, stageOf, type AgentName, type AgentWorkspace } from './workspace/real-agents.js';
import { worktreeOf } from './workspace/shop.js';
import { succeed, type Workspace } from './workspace/workspace.js';
import { ignoreTraces, plantTraces, type Traces } from './workspace/writer-traces.js';

const ISSUES = { '1': '# One apple\n\nSPEC-WORD [[scenario:work]]\n', '2': '# Two pears\n\nPears.\n' };
const REVIEWERS: readonly AgentName[] = ['codex', 'claude'];
const PROTOCOL = { claude: 'messages', codex: 'responses' } as const;

/** Where a reviewer that is curious about the writer looks: what a program gives away by itself is in its first request. */
const CURIOUS = [
  'git log --all --format=%B',
  'git log -g --format=%gs',
  'git stash list',
  'git branch -a',
  'git tag -n',
  'git notes list',
  'git worktree list',
  'git config --list',
  'ls -a',
  'cat CLAUDE.local.md',
  'cat AGENTS.override.md',
  'cat AGENTS.md',
  'git cat-file --batch-all-objects --batch',
  'git rev-list --all --objects --reflog',
  'git reflog show --all',
  'git count-objects -v',
  'cat .git/objects/info/alternates',
  'git fsck --unreachable --no-reflogs',
];

/** What else there is of the writer on this machine, by its absolute path. */
function elsewhere(workspace: Workspace): readonly string[] {
  const { root, folder } = workspace;
  const [worktree, other] = [worktreeOf(workspace, 'issue-1'), worktreeOf(workspace, 'issue-2')];
  return [
    `cat ${root}/.nx-fleet/out/issue-1/agent-plan/plan.md`,
    `cat ${root}/.nx-fleet/out/issue-1/agent-build--claude/transcript.jsonl`,
    `git --git-dir=${root}/.git log --all --format=%B`,
    `git -C ${worktree} log --all --format=%B`,
    `git -C ${root} for-each-ref`,
    ...[root, worktree].flatMap((path) => [
      `cat ${path}/CLAUDE.local.md`,
      `cat ${path}/AGENTS.override.md`,
      `cat ${path}/.claude/rules/learned.md`,
    ]),
    `cat ${other}/notes.txt`,
    `grep -r OF-THE-WRITER ${folder}/home/.claude`,
    `cat ${folder}/home/.codex/history.jsonl ${folder}/home/.codex/memories/MEMORY.md`,
    `grep -r OF-THE-WRITER ${folder}/home/.codex/sessions`,
    `ls -la ${root} ${worktree}`,
  ];
}

/** All that `elsewhere` names by itself, and what it lists. */
function closedTo(workspace: Workspace): readonly string[] {
  const { root, folder } = workspace;
  const [worktree, other] = [worktreeOf(workspace, 'issue-1'), worktreeOf(workspace, 'issue-2')];
  const out = `${root}/.nx-fleet/out/issue-1`;
  const codex = `${folder}/home/.codex`;
  return [
    ...[root, worktree].flatMap((path) => [
      path,
      `${path}/CLAUDE.local.md`,
      `${path}/AGENTS.override.md`,
      `${path}/.claude/rules/learned.md`,
    ]),
    `${out}/agent-plan/plan.md`,
    `${out}/agent-build--claude/transcript.jsonl`,
    `${other}/notes.txt`,
    `${folder}/home/.claude`,
    `${codex}/history.jsonl`,
    `${codex}/memories/MEMORY.md`,
    `${codex}/sessions`,
  ];
}

const rules = (workspace: Workspace) => [
  { when: during('plan', 'work'), steps: [aPlan('WORD-OF-THE-PLAN')] },
  ...rulesFor(during('build', 'work'), ({ add, run }) => [
    add('work-apple.txt', 'DIFF-WORD'),
    run('echo WORD-OF-A-COMMAND'),
    { text: 'WORD-OF-THE-WRITER' },
  ]),
  ...rulesFor(during('review', 'work'), ({ run }) => [...[...CURIOUS, ...elsewhere(workspace)].map((command) => run(command)), APPROVAL]),
];

describe(`what a reviewer sees of the writer, played by ${PLAYED_BY}`, () => {
  let fleet: AgentWorkspace;
  let traces: Traces;
  const requests = (isMeant: (request: ModelRequest) => boolean): string =>
    fleet.model
      .requests()
      .filter(isMeant)
      .map(({ text }) => text)
      .join('\n');
  const reviewOf = (name: AgentName): string => requests((request) => stageOf(request) === 'review' && request.protocol === PROTOCOL[name]);
  const placesIn = (text: string): readonly string[] =>
    Object.entries(traces)
      .filter(([, word]) => text.includes(word))
      .map(([place]) => place)
      .toSorted();

  beforeAll(async () => {
    const files = { 'AGENTS.md': 'RULE-WORD\n' };
    fleet = await createAgentWorkspace({ writer: 'claude', reviewers: REVIEWERS, issues: ISSUES, files });
    fleet.model.answerBy(rules(fleet.workspace));
    ignoreTraces(fleet.workspace);
    await succeed(fleet.nx('run', 'issue-1:agent-validate', '--output-style=static'));
    traces = {
      ...(await plantTraces(fleet.workspace)),
      plan: 'WORD-OF-THE-PLAN',
      command: 'WORD-OF-A-COMMAND',
      words: 'WORD-OF-THE-WRITER',
    };
    await succeed(fleet.nx('run', 'issue-1:agent-review', '--output-style=static'));
  });

  afterAll(() => fleet.remove());

  it.each(REVIEWERS)('%s sees the spec, the diff, the results of the checks and the rules at the base', (name) => {
    const text = reviewOf(name);
    for (const word of ['SPEC-WORD', '+DIFF-WORD', 'passed: node tools/check.mjs', 'RULE-WORD']) expect(text).toContain(word);
  });

  it.each(REVIEWERS)('%s sees nothing of the writer, though it looks for it', (name) => {
    expect(placesIn(reviewOf(name))).toEqual([]);
  });

  it('has each agent look into all places: the search finds what was said to the writer itself', () => {
    const build = requests((request) => stageOf(request) === 'build');
    expect(placesIn(build)).toEqual(['command', 'plan']);
    const commands = [...CURIOUS, ...elsewhere(fleet.workspace)];
    for (const name of REVIEWERS) expect(reviewOf(name).split('\n').length).toBeGreaterThan(commands.length);
  });

  (PROGRAMS.real ? it : it.skip)("has Codex' own sandbox close the places to it", () => {
    const text = reviewOf('codex');
    expect(text.match(/Permission denied/g)?.length ?? 0).toBeGreaterThan(10);
    const closed = new Set([...text.matchAll(/([^\s"'\\]+)'?: Permission denied/g)].map(([, path]) => path));
    expect(closed).toEqual(new Set(closedTo(fleet.workspace)));
  });

  (PROGRAMS.real ? it : it.skip)('is more than the programs keep from it by themselves, called in the worktree', async () => {
    const { workspace, model } = fleet;
    const login = { ANTHROPIC_BASE_URL: model.url, ANTHROPIC_API_KEY: 'sk-ant-loopback', OPENAI_API_KEY: 'sk-loopback' };
    const env = { ...login, CODEX_HOME: join(workspace.folder, 'home/.codex') };
    const ask = async (program: string, ...args: string[]): Promise<readonly string[]> => {
      const before = model.requests().length;
      const [file, ...words] = model.inside(program, args);
      await workspace.run(file, words, { env, cwd: worktreeOf(workspace, 'issue-1') });
      return placesIn(
        model
          .requests()
          .slice(before)
          .map(({ text }) => text)
          .join('\n'),
      );
    };
    const claude = ['CLAUDE.local.md in the worktree', 'local rules in the worktree', 'memory of the main worktree'];
    expect(await ask(PROGRAMS.claude, '-p', 'hello')).toEqual(expect.arrayContaining(claude));
    expect(await ask(PROGRAMS.codex, 'exec', 'hello')).toContain('AGENTS.override.md in the worktree');
  });
});
