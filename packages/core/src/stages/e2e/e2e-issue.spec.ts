import { e2eIssue } from './e2e-issue.js';
import type { E2e } from './e2e-review.js';
import { E2E, type E2eStageSettings } from './e2e.stage.js';
import { parseSettings } from '../../settings/parse-settings.js';
import { type AgentScript, type StagedIssue, stageIssue, VALIDATE_TARGET, writes, WRITTEN } from '../../stage/staged-issue.contract.js';
import { BUILD_TARGET, E2E_TARGET, e2eServeTarget, targetOf } from '../../stage/targets.js';
import { buildIssue } from '../build/build-issue.js';
import { checkoutBuild } from '../checkout/checkout-build.js';
import { type AppAccess, type AppAnswer, type AppRequest, type AppState, readAppState, writeAppState } from '../serve/app-state.js';
import { validateIssue } from '../validate/validate-issue.js';

const TRIED = targetOf(E2E_TARGET, 'codex');
const settings = E2E.settings(parseSettings([{ file: 'nx.json', value: { serve: { command: 'npm start' } } }]), 'codex');

const request = (path: string): object => ({ method: 'GET', path, headers: [], body: '' });
const asks = (...paths: readonly string[]): string => JSON.stringify({ requests: paths.map(request), checks: [], summary: '' });
const judges = (...checks: readonly object[]): string => JSON.stringify({ requests: [], checks, summary: 'Seen\u001b[31m.' });
const result = (number: number, changes: object = {}): object => ({
  number,
  check: 'mine',
  passed: true,
  seen: 'It answers.',
  evidence: [1],
  severity: 'low',
  file: 'src/app.ts',
  ...changes,
});

interface Tried {
  readonly issue: StagedIssue;
  readonly sent: AppRequest[];
  /** What runs; null for nothing. */
  run(changes: Partial<AppState>): Promise<void>;
  tryIt(): Promise<E2e>;
}

interface Changes {
  readonly spec?: string;
  readonly answer?: AppAnswer;
  readonly state?: Partial<AppState>;
  readonly env?: Record<string, string>;
  readonly passEnv?: readonly string[];
  readonly settings?: Partial<E2eStageSettings>;
  /** What the app does once it is asked for. */
  readonly onStart?: () => void;
}

/** A checked issue whose app is started when it is asked for, and an agent that follows a script. */
async function tried(agent: AgentScript, changes: Changes = {}): Promise<Tried> {
  const write = writes('src/app.ts');
  const issue = await stageIssue({
    ...(changes.env === undefined ? {} : { env: changes.env }),
    agent: (asked, fleet, count) => (asked.readOnly ? agent(asked, fleet, count) : write(asked, fleet, count)),
  });
  if (changes.spec !== undefined) {
    const manifest = await issue.host.state.readManifest('issue-42');
    if (manifest !== null) await issue.host.state.writeIssue('issue-42', manifest, changes.spec);
  }
  await buildIssue(issue.settings.build, issue.context(WRITTEN));
  await checkoutBuild('claude', issue.context(BUILD_TARGET));
  const { tree } = await validateIssue(issue.settings.validate, issue.context(VALIDATE_TARGET));
  issue.requests.length = 0;
  const context = issue.context(TRIED);
  const sent: AppRequest[] = [];
  const run = (state: Partial<AppState>): Promise<void> =>
    writeAppState(
      e2eServeTarget(1),
      { owner: issue.host.registry.self, tree, isClean: true, url: 'http://localhost:20010/', isReady: true, failure: null, ...state },
      context,
    );
  const access: AppAccess = {
    listens: async () => true,
    send: async (asked) => {
      sent.push(asked);
      return (
        changes.answer ?? {
          kind: 'answered',
          status: 200,
          headers: [{ name: 'x-at', value: 'http://localhost:20010/' }],
          body: 'using memory:issue-42',
        }
      );
    },
    listenerAt: async () => null,
    pause: async () => {
      changes.onStart?.();
      await run(changes.state ?? {});
    },
  };
  return {
    issue,
    sent,
    run,
    tryIt: () => e2eIssue({ ...settings, app: { ...settings.app, passEnv: changes.passEnv ?? [] }, ...changes.settings }, access, context),
  };
}

const TWO_CHECKS = '# Dark mode\n\n- [ ] It is dark\n- [ ] It stays dark\n';

describe('e2eIssue', () => {
  it('sends what the agent asks for, and stores its result with our record of each exchange', async () => {
    const { issue, sent, tryIt } = await tried(
      (_, __, asked) => (asked === 1 ? asks('/', '/items?page=2') : judges(result(1), result(2, { evidence: [2] }))),
      {
        spec: TWO_CHECKS,
      },
    );
    const made = await tryIt();
    expect(sent.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET http://localhost:20010/',
      'GET http://localhost:20010/items?page=2',
    ]);
    expect(made).toMatchObject({
      agent: 'codex',
      tree: await issue.git.resolveTree(issue.branchRef),
      verdict: 'approve',
      summary: 'Seen.',
      checks: [
        { check: 'It is dark', required: true, passed: true, evidence: ['http-1.txt'], file: 'src/app.ts' },
        { check: 'It stays dark', required: true, passed: true, evidence: ['http-2.txt'] },
      ],
    });
    expect(JSON.parse(issue.out(TRIED, 'e2e.json') ?? '')).toEqual(made);
    expect(issue.out(TRIED, 'http-2.txt')).toBe('GET /items?page=2\n\nStatus 200\nx-at: http://localhost:{port}/\n\nusing ***\n');
  });

  it('gives each round to a fresh read-only agent that sees spec, checks and exchanges, and no port', async () => {
    const { issue, tryIt } = await tried((_, __, asked) => (asked === 1 ? asks('/') : judges(result(1), result(2))), { spec: TWO_CHECKS });
    await tryIt();
    expect(issue.requests).toMatchObject([
      { readOnly: true, env: {} },
      { readOnly: true, env: {} },
    ]);
    const [first = '', second = ''] = issue.requests.map(({ prompt }) => prompt);
    expect(first).toBe(`E2E \`\`\`markdown\n${TWO_CHECKS.trimEnd()}\n\`\`\` \`\`\`text\n1. It is dark\n2. It stays dark\n\`\`\` None yet.`);
    expect(second).toContain('Exchange 1:\n\n```http\nGET /\n\nStatus 200');
    expect(first + second).not.toContain('20010');
    expect(issue.git.snapshots()).toEqual([]);
  });

  it('asks for changes once a check does not hold; what the issue asks for is then no small matter', async () => {
    const { tryIt } = await tried(
      (_, __, asked) =>
        asked === 1 ? asks('/') : judges(result(1, { passed: false, file: 'elsewhere.ts' }), result(2), result(0, { passed: false })),
      { spec: TWO_CHECKS },
    );
    const { verdict, checks } = await tryIt();
    expect(verdict).toBe('request-changes');
    expect(checks.map(({ check, severity, file }) => [check, severity, file])).toEqual([
      ['It is dark', 'high', ''],
      ['It stays dark', 'low', 'src/app.ts'],
      ['mine', 'low', 'src/app.ts'],
    ]);
  });

  it('takes no result without evidence, however often it is given', async () => {
    const { issue, tryIt } = await tried(() => judges(result(0)));
    await expect(tryIt()).rejects.toThrow('codex gave no valid answer twice (at "checks": "mine" needs evidence');
    expect(issue.out(TRIED, 'e2e.json')).toBeNull();
  });

  it('writes down that there was no answer', async () => {
    const { issue, tryIt } = await tried((_, __, asked) => (asked === 1 ? asks('/') : judges(result(0, { passed: false }))), {
      answer: { kind: 'failed', reason: 'fetch failed: ECONNRESET' },
    });
    await tryIt();
    expect(issue.out(TRIED, 'http-1.txt')).toBe('GET /\n\nNo answer: fetch failed: ECONNRESET\n');
  });

  it('ends after five rounds', async () => {
    const { issue, tryIt } = await tried(() => asks('/'));
    await expect(tryIt()).rejects.toThrow('no further request is sent');
    expect(issue.requests).toHaveLength(6);
    expect(issue.requests.at(-1)?.prompt).toContain('This is the last round');
  });

  it.each([
    ['on another tree', { tree: 'f'.repeat(40) }, 'was started on another state of the branch'],
    ['on uncommitted work', { isClean: false }, 'was started on another state of the branch'],
    ['that cannot start', { isReady: false, failure: 'Port 20010 is in use.' }, 'The app failed to start: Port 20010 is in use.'],
  ])('tries no app %s, and asks no agent', async (_, state, message) => {
    const { issue, tryIt } = await tried(() => asks('/'), { state });
    await expect(tryIt()).rejects.toThrow(message);
    expect(issue.requests).toEqual([]);
  });

  it('believes nothing of an app that ended meanwhile', async () => {
    const { issue, run, tryIt } = await tried(async (_, __, asked) => {
      if (asked === 1) return asks('/');
      await run({ failure: 'it fell over' });
      return judges(result(0));
    });
    await expect(tryIt()).rejects.toThrow('The app of "issue-42" ended while it was tried');
    expect(issue.out(TRIED, 'e2e.json')).toBeNull();
  });

  it.each<[string, number]>([
    ['at its start, before anybody is asked', 0],
    ['when it is asked, before anybody is asked again', 1],
    ['at last', 2],
  ])('refuses an app that leaves files %s, names it and clears away for those who review meanwhile', async (_, written) => {
    let appWrites = (_when: number): void => undefined;
    const { issue, tryIt } = await tried(
      (_, __, asked) => {
        appWrites(asked);
        return asked === 1 ? asks('/') : judges(result(0));
      },
      { onStart: () => appWrites(0) },
    );
    appWrites = (when) => {
      if (when === written) issue.git.filesIn(issue.worktree).set('access.log', '');
    };
    await expect(tryIt()).rejects.toThrow(`The app left files in "${issue.worktree}" that git does not ignore ("access.log"). Add them to`);
    expect(issue.requests).toHaveLength(written);
    expect(issue.out(TRIED, 'e2e.json')).toBeNull();
    expect(issue.git.filesIn(issue.worktree).has('access.log')).toBe(false);
    expect([...issue.git.refs.keys()].filter((ref) => ref.startsWith('refs/nx-fleet/backup/'))).toHaveLength(1);
  });

  it.each<[string, AgentScript, Partial<AppState>]>([
    ['no valid answer', () => judges(result(0)), {}],
    ['no app', () => asks('/'), { isReady: false, failure: 'Port 20010 is in use.' }],
  ])('refuses what a person has not committed after a trial that failed with %s, and does not touch it', async (_, agent, state) => {
    const { issue, tryIt } = await tried(agent, { state });
    await expect(tryIt()).rejects.toThrow(Error);
    expect(issue.git.refs.has('refs/nx-fleet/checking/issue-42')).toBe(false);
    issue.git.filesIn(issue.worktree).set('src/app.ts', 'fixed by hand');
    await expect(tryIt()).rejects.toThrow('has uncommitted changes ("src/app.ts")');
    expect(issue.git.filesIn(issue.worktree).get('src/app.ts')).toBe('fixed by hand');
  });

  it('keeps the secrets that the app is given, and those of its env files, out of what is stored and asked', async () => {
    const { issue, tryIt } = await tried((_, __, asked) => (asked === 1 ? asks('/') : judges(result(0))), {
      env: { PATH: '/bin', PAYMENT_KEY: 'sold-by-the-kilo' },
      passEnv: ['PAYMENT_KEY'],
      answer: { kind: 'answered', status: 500, headers: [], body: 'keys: sold-by-the-kilo, read-from-a-file' },
    });
    issue.host.files.set(`${issue.worktree}/apps/shop/.env`, 'MAIL_TOKEN=read-from-a-file # staging\n');
    await tryIt();
    expect(issue.out(TRIED, 'http-1.txt')).toContain('keys: ***, ***');
    expect(issue.requests.map(({ prompt }) => prompt).join('\n')).not.toMatch(/sold-by-the-kilo|read-from-a-file/);
  });

  it('names the model that tried it, which can be the fallback', async () => {
    let answers = 0;
    const { tryIt } = await tried(
      ({ model }) => {
        if (model === 'big') return { kind: 'rate-limited', message: 'slow', usage: [], costUsd: null, retryAfterMs: 9_000_000 };
        return ++answers === 1 ? asks('/') : judges(result(0));
      },
      { settings: { model: 'big', fallbackModel: 'small' } },
    );
    expect((await tryIt()).model).toBe('small');
  });

  it('forgets what an app of a killed run left, and asks anew', async () => {
    const { issue, run, tryIt } = await tried((_, __, asked) => (asked === 1 ? asks('/') : judges(result(0))));
    await run({ owner: { pid: 1, startedAt: 'dead' } });
    expect(await readAppState(e2eServeTarget(1), issue.context(TRIED))).toBeNull();
    expect((await tryIt()).verdict).toBe('approve');
  });

  it('refuses before the checks, and a branch that moved since', async () => {
    const unchecked = await stageIssue();
    const { issue, tryIt } = await tried(() => asks('/'));
    await expect(e2eIssue(settings, {} as AppAccess, unchecked.context(TRIED))).rejects.toThrow('has not been checked by this version');
    issue.git.filesIn(issue.worktree).set('more.ts', '');
    await issue.git.commitAll(issue.worktree, 'More');
    await expect(tryIt()).rejects.toThrow('changed since it was checked');
  });
});
