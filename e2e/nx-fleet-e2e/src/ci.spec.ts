import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NEWEST_NX } from './versions.js';
import { agentCalls, callLog } from './workspace/agent-calls.js';
import type { Finished } from './workspace/processes.js';
import { commandsOf, play, scriptOf, stepOf } from './workspace/pipelines.js';
import { SCRIPTED_FILES } from './workspace/scripted-agents.js';
import { createFleet, succeed, type Workspace } from './workspace/workspace.js';

const REVIEW = '.github/workflows/nx-fleet-review.yml';
const ISSUE = '.github/workflows/nx-fleet-issue.yml';
const GITLAB = '.gitlab/nx-fleet.gitlab-ci.yml';
const ISSUES = { 'docs/issues/1.md': '# One apple; it\'s $(touch pwned) "good"\n\nAn apple.\n' };
/** Stands in for GitHub's program: it knows one permission, and writes down the pull request that it is told to open. */
const GH = `#!/usr/bin/env node
const { readFileSync, writeFileSync } = require('node:fs');
const args = process.argv.slice(2);
if (args[0] === 'api') console.log(process.env.GH_PERMISSION);
else writeFileSync(process.env.GH_LOG, JSON.stringify({ args, body: readFileSync(args[args.indexOf('--body-file') + 1], 'utf8') }));
`;

function pathWithGh({ folder, env }: Workspace): string {
  const programs = join(folder, 'programs');
  mkdirSync(programs);
  writeFileSync(join(programs, 'gh'), GH, { mode: 0o755 });
  return `${programs}:${env['PATH']}`;
}

describe('nx g ci', () => {
  let workspace: Workspace;
  const outputOf = async (...options: string[]): Promise<string> => (await succeed(workspace.nx('g', 'ci', ...options))).output;
  /** As for a workspace with other settings. */
  const writeWith = async (settings: object): Promise<void> => {
    const ours = workspace.read('nx-fleet.json');
    workspace.write('nx-fleet.json', JSON.stringify(settings));
    await outputOf('--provider=github', '--overwrite');
    workspace.write('nx-fleet.json', ours);
  };
  const status = (): Promise<string> => workspace.git('status', '--porcelain', '--untracked-files=all');

  beforeAll(async () => {
    workspace = await createFleet({ ...NEWEST_NX, files: { ...SCRIPTED_FILES, ...ISSUES, 'libs/a/project.json': '{ "name": "a" }\n' } });
  });

  afterAll(() => workspace.removeAtRest());

  it('writes nothing when dry', async () => {
    expect(await outputOf('--provider=github', '--dry-run')).toContain(`CREATE ${REVIEW}`);
    expect(await status()).toBe('');
  });

  it('writes the pipelines for both, and changes nothing the second time', async () => {
    await outputOf('--provider=github');
    await outputOf('--provider=gitlab');
    const written = await status();
    expect(written.split('\n').map((line) => line.trim().split(' ').at(-1))).toEqual([
      'nx-fleet.json',
      ISSUE,
      REVIEW,
      '.gitlab-ci.yml',
      GITLAB,
    ]);
    const before = [REVIEW, ISSUE, GITLAB].map((file) => workspace.read(file));
    expect(await outputOf('--provider=github')).toContain('The pipelines are up to date.');
    expect(await outputOf('--provider=gitlab')).toContain('The pipelines are up to date.');
    expect([REVIEW, ISSUE, GITLAB].map((file) => workspace.read(file))).toEqual(before);
    expect(await status()).toBe(written);
  });

  it('keeps an edited file and shows the difference, until it is told to replace it', async () => {
    const ours = workspace.read(REVIEW);
    const edited = ours.replace('timeout-minutes: 60', 'timeout-minutes: 10');
    workspace.write(REVIEW, edited);
    const output = await outputOf('--provider=github');
    expect(output).toContain(`${REVIEW} is kept.`);
    expect(output).toMatch(/^- +timeout-minutes: 10\n\+ +timeout-minutes: 60$/m);
    expect(workspace.read(REVIEW)).toBe(edited);
    await outputOf('--provider=github', '--overwrite');
    expect(workspace.read(REVIEW)).toBe(ours);
  });

  it('names commands that there are', async () => {
    const commands = [REVIEW, ISSUE, GITLAB].flatMap((file) => commandsOf(workspace, file));
    const nx = [...new Set(commands.flatMap((command) => command.match(/(?<=npx nx )\S+ .*/g) ?? []))].map((text) => text.split(' '));
    const targets = nx.filter(([verb]) => verb === 'run').map((words) => words.join(' ').replaceAll('"', '').split(':').at(-1));
    const fleet = JSON.parse((await succeed(workspace.nx('show', 'project', 'fleet', '--json'))).stdout) as { targets: object };
    expect(new Set(nx.map(([verb]) => verb))).toEqual(new Set(['affected', 'run', 'g']));
    expect(new Set(targets)).toEqual(new Set(['publish-review', 'agent-deliver']));
    expect(Object.keys(fleet.targets)).toEqual(expect.arrayContaining(['agent-review', 'publish-review']));
    const { stdout } = await succeed(workspace.nx('show', 'projects', '--with-target=agent-review'));
    expect(stdout.split('\n')).toEqual(expect.arrayContaining(['a', 'fleet']));
  });

  it('installs the agents that nx-fleet is tested with', async () => {
    await writeWith({ agents: { writer: 'claude', reviewers: ['codex'] } });
    const install = commandsOf(workspace, ISSUE).find((command) => command.startsWith('npm install --global'));
    const packages = (install ?? '').split(' ').slice(3);
    expect(packages).toHaveLength(2);
    const tested = readFileSync(join(import.meta.dirname, '../../../tools/agent-clis/programs.mjs'), 'utf8');
    expect(packages.filter((name) => !tested.includes(`'${name.replace(/@(?=[^@]*$)/, "': '")}'`))).toEqual([]);
  });

  it('lets a label start something only if who set it can write', async () => {
    await writeWith({ tracker: { type: 'github' } });
    const script = stepOf(workspace, ISSUE, ['deliver', 'Require that who set the label can write']);
    const env = { PATH: pathWithGh(workspace), GITHUB_REPOSITORY: 'acme/shop', GITHUB_ACTOR: 'ada' };
    const exitCodes = ['admin', 'write', 'read', 'none'].map(async (permission) => {
      const { exitCode } = await play(workspace, script, { env: { ...env, GH_PERMISSION: permission } });
      return [permission, exitCode];
    });
    expect(Object.fromEntries(await Promise.all(exitCodes))).toEqual({ admin: 0, write: 0, read: 1, none: 1 });
  });
});

describe('the pipeline of a review', () => {
  let workspace: Workspace;
  let base: string;

  const head = (): Promise<string> => workspace.git('rev-parse', 'HEAD');
  async function commit(text: string): Promise<void> {
    workspace.write('libs/a/work-a.txt', text);
    await workspace.git('commit', '-qam', 'change');
  }
  /** As a runner does without the secrets of a remote cache: GitHub hands over empty ones. */
  async function playHere(script: string): Promise<Finished> {
    const none = { NX_SELF_HOSTED_REMOTE_CACHE_SERVER: '', NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN: '' };
    return play(workspace, script, { env: { NX_BASE: base, NX_HEAD: await head(), ...none, ...callLog(workspace) } });
  }
  const playStep = (name: string): Promise<Finished> => playHere(stepOf(workspace, REVIEW, ['review', name]));
  const isReported = (file: string): boolean => existsSync(join(workspace.root, '.nx-fleet/out/fleet/publish-review', file));

  beforeAll(async () => {
    const files = { ...SCRIPTED_FILES, 'libs/a/project.json': '{ "name": "a" }\n', 'libs/a/work-a.txt': 'a\n' };
    workspace = await createFleet({ ...NEWEST_NX, files });
    for (const provider of ['github', 'gitlab']) await succeed(workspace.nx('g', 'ci', `--provider=${provider}`));
    await workspace.git('add', '-A');
    await workspace.git('commit', '-qm', 'pipelines');
    base = await head();
    await workspace.git('switch', '-qc', 'topic');
  });

  afterAll(() => workspace.removeAtRest());

  it('asks an agent once about a change, and fails as long as something blocks', async () => {
    await commit('a BUG\n');
    for (const calls of [1, 1]) {
      const { exitCode, output } = await playStep('Review');
      expect(exitCode).not.toBe(0);
      expect(output).toContain('A planted bug');
      expect(agentCalls(workspace)).toHaveLength(calls);
    }
  });

  it('publishes after that, and fails for what blocks, on GitHub and on GitLab', async () => {
    const published = await playStep('Publish');
    expect(published).toMatchObject({ exitCode: 1, output: expect.stringContaining('Failed: 1 blocking finding') });
    expect(isReported('review.sarif')).toBe(true);
    rmSync(join(workspace.root, '.nx-fleet/out/fleet/publish-review'), { recursive: true });
    const script = scriptOf(workspace, GITLAB, ['nx-fleet review', 'script']).join('\n');
    expect(await playHere(script)).toMatchObject({ exitCode: 1, output: expect.stringContaining('Failed: 1 blocking finding') });
    expect(isReported('gl-code-quality-report.json')).toBe(true);
    expect(agentCalls(workspace)).toHaveLength(1);
  });

  it('passes once it is fixed', async () => {
    await commit('a works\n');
    for (const step of ['Review', 'Publish']) await succeed(playStep(step));
    expect(agentCalls(workspace)).toHaveLength(2);
  });

  it('compares the commit that was pushed on GitLab, where a merge is checked out', async () => {
    const pushed = await head();
    await workspace.git('switch', '-q', '--detach', 'main');
    await workspace.git('merge', '-q', '--no-ff', '-m', 'merged result', pushed);
    const [exportBase = '', exportHead = '', checkout = ''] = scriptOf(workspace, GITLAB, ['nx-fleet review', 'before_script']);
    const script = [exportBase, exportHead, checkout, 'echo "$NX_BASE $NX_HEAD $(git rev-parse HEAD)"'].join('\n');
    const merged = { CI_COMMIT_SHA: await head(), CI_COMMIT_BEFORE_SHA: '0'.repeat(40) };
    const request = { CI_MERGE_REQUEST_DIFF_BASE_SHA: base, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: pushed };
    expect((await succeed(play(workspace, script, { env: { ...merged, ...request } }))).stdout).toBe(`${base} ${pushed} ${pushed}\n`);
    const push = { CI_COMMIT_SHA: pushed, CI_COMMIT_BEFORE_SHA: base };
    expect((await succeed(play(workspace, script, { env: push }))).stdout).toBe(`${base} ${pushed} ${pushed}\n`);
  });
});

describe('the pipeline of an issue', () => {
  let workspace: Workspace;
  let base: string;
  let origin: string;
  let path: string;
  const temporary = (): string => join(workspace.folder, 'runner');
  const packed = (): string => join(temporary(), 'nx-fleet');

  beforeAll(async () => {
    workspace = await createFleet({ ...NEWEST_NX, files: { ...SCRIPTED_FILES, ...ISSUES } });
    for (const provider of ['github', 'gitlab']) await succeed(workspace.nx('g', 'ci', `--provider=${provider}`));
    await workspace.git('add', '-A');
    await workspace.git('commit', '-qm', 'pipelines');
    base = await workspace.git('rev-parse', 'HEAD');
    origin = join(workspace.folder, 'server/acme/shop.git');
    await workspace.git('init', '-q', '--bare', '-b', 'main', origin);
    await workspace.git('-C', origin, 'config', 'receive.advertisePushOptions', 'true');
    await workspace.git('push', '-q', origin, 'main');
    mkdirSync(temporary());
    path = pathWithGh(workspace);
  });

  afterAll(() => workspace.removeAtRest());

  it('takes one issue at a time', async () => {
    const issues = 'docs/issues/1.md,docs/issues/2.md';
    const onGitHub = play(workspace, stepOf(workspace, ISSUE, ['deliver', 'Make the worktree']), { env: { ISSUE: issues } });
    expect(await onGitHub).toMatchObject({ exitCode: 1, output: '::error title=nx-fleet::Name one issue. Start this once for each.\n' });
    const script = scriptOf(workspace, GITLAB, ['nx-fleet issue', 'script']).join('\n');
    const onGitLab = play(workspace, script, { env: { NX_FLEET_ISSUE: issues, CI_COMMIT_SHA: base } });
    expect(await onGitLab).toMatchObject({ exitCode: 1, output: expect.stringMatching(/^Name one issue in NX_FLEET_ISSUE\./) });
  });

  it('delivers it on GitHub from what is checked out, and packs the branch with its review', async () => {
    // For an issue GitHub names the last commit of the default branch, and the pull request may go into another.
    const env = { GITHUB_SHA: '0'.repeat(40), RUNNER_TEMP: temporary(), ISSUE: 'docs/issues/1.md' };
    for (const step of ['Make the worktree', 'Plan, build, check and review', 'Pack the branch']) {
      await succeed(play(workspace, stepOf(workspace, ISSUE, ['deliver', step]), { env }));
    }
    expect(await workspace.git('bundle', 'list-heads', join(packed(), 'branch.bundle'))).toMatch(/ refs\/heads\/issue\/1-one-apple/);
    expect(readFileSync(join(packed(), 'review.md'), 'utf8')).toContain('# Approved');
  });

  async function open(name: string, files: string): Promise<{ readonly log: string; readonly finished: Promise<Finished> }> {
    const checkout = join(workspace.folder, name);
    await workspace.git('clone', '-q', origin, checkout);
    const log = join(workspace.folder, `${name}.json`);
    const runner = join(workspace.folder, `${name}-runner`);
    cpSync(files, join(runner, 'nx-fleet'), { recursive: true });
    const env = {
      PATH: path,
      RUNNER_TEMP: runner,
      GITHUB_WORKSPACE: checkout,
      GITHUB_REPOSITORY: 'acme/shop',
      GH_LOG: log,
      NUMBER: '1',
      BASE: 'main',
    };
    const script = stepOf(workspace, ISSUE, ['open', 'Push the branch and open a pull request']);
    return { log, finished: play(workspace, script, { cwd: checkout, env }) };
  }

  const planted = (): string => join(workspace.folder, 'planted-hook-has-run');
  /** What a writer's code could leave beside the bundle: a folder that git takes for a repository, with a hook. */
  async function plantRepository(folder: string): Promise<void> {
    await workspace.git('init', '-q', '--bare', folder);
    for (const hook of ['pre-push', 'reference-transaction']) {
      writeFileSync(join(folder, 'hooks', hook), `#!/bin/sh\ntouch '${planted()}'\n`, { mode: 0o755 });
    }
  }

  it('pushes the branch from another checkout, and opens a pull request with the review as its text', async () => {
    const { log, finished } = await open('opener', packed());
    await succeed(finished);
    const branch = (await workspace.git('-C', origin, 'for-each-ref', '--format=%(refname:short)', 'refs/heads/issue')).trim();
    expect(await workspace.git('-C', origin, 'show', '--name-only', '--format=', branch)).toMatch(/^work-one-apple/);
    const { args, body } = JSON.parse(readFileSync(log, 'utf8')) as { args: string[]; body: string };
    expect(args.slice(0, 8)).toEqual(['pr', 'create', '--repo', 'acme/shop', '--base', 'main', '--head', branch]);
    expect(args[args.indexOf('--title') + 1]).toBe('One apple; it\'s $(touch pwned) "good"');
    expect(body).toMatch(/^Closes #1\n\n/);
    expect(body).toContain('# Approved');
    expect(existsSync(join(workspace.folder, 'opener-runner/nx-fleet/pwned'))).toBe(false);
  });

  it('takes nothing but files on GitLab', async () => {
    const script = scriptOf(workspace, GITLAB, ['nx-fleet merge request', 'script']).join('\n');
    const folder = join(workspace.folder, 'linked');
    cpSync(packed(), join(folder, 'nx-fleet-issue'), { recursive: true });
    rmSync(join(folder, 'nx-fleet-issue/review.md'));
    symlinkSync('/proc/self/environ', join(folder, 'nx-fleet-issue/review.md'));
    const env = { CI_REPOSITORY_URL: `file://${origin}`, NX_FLEET_PUSH_TOKEN: 'glpat-none' };
    expect(await play(workspace, script, { cwd: folder, env })).toMatchObject({ exitCode: 1, output: 'Only files are taken.\n' });
  });

  const FORGED = ['main', 'issue/x:refs/heads/main', 'issue/..', '--all'];

  describe.each(FORGED)('where the agents wrote that their branch is "%s"', (branch) => {
    const forge = (folder: string): string => {
      cpSync(packed(), folder, { recursive: true });
      const manifest = JSON.parse(readFileSync(join(folder, 'issue.json'), 'utf8')) as object;
      writeFileSync(join(folder, 'issue.json'), JSON.stringify({ ...manifest, branch }));
      return folder;
    };

    it('pushes nothing on GitHub', async () => {
      const name = `forged-${FORGED.indexOf(branch)}`;
      const { log, finished } = await open(`${name}-opener`, forge(join(workspace.folder, name)));
      expect(await finished).toMatchObject({ exitCode: 1, output: expect.stringContaining('Only branches below issue/ are pushed.') });
      expect(existsSync(log)).toBe(false);
      expect(await workspace.git('-C', origin, 'rev-parse', 'main')).toBe(base);
    });

    it('pushes nothing on GitLab', async () => {
      const cwd = join(workspace.folder, `forged-gitlab-${FORGED.indexOf(branch)}`);
      forge(join(cwd, 'nx-fleet-issue'));
      const env = { CI_REPOSITORY_URL: `file://${origin}`, NX_FLEET_PUSH_TOKEN: 'glpat-none' };
      const finished = await play(workspace, scriptOf(workspace, GITLAB, ['nx-fleet merge request', 'script']).join('\n'), { cwd, env });
      expect(finished).toMatchObject({ exitCode: 1, output: expect.stringContaining('Only branches below issue/ are pushed.') });
      expect(await workspace.git('-C', origin, 'rev-parse', 'main')).toBe(base);
    });
  });

  it('does the same on GitLab, with one push that opens the merge request', async () => {
    const options = join(workspace.folder, 'push-options');
    const hook = `#!/bin/sh\nenv | grep '^GIT_PUSH_OPTION_[0-9]=' | sort > '${options}'\n`;
    writeFileSync(join(origin, 'hooks/post-receive'), hook, { mode: 0o755 });
    await workspace.git(
      '-C',
      origin,
      'update-ref',
      '-d',
      `refs/heads/${await workspace.git('-C', origin, 'for-each-ref', '--format=%(refname:lstrip=2)', 'refs/heads/issue')}`,
    );
    const env = { CI_COMMIT_SHA: base, NX_FLEET_ISSUE: 'docs/issues/1.md' };
    await succeed(play(workspace, scriptOf(workspace, GITLAB, ['nx-fleet issue', 'script']).join('\n'), { env }));
    await succeed(play(workspace, scriptOf(workspace, GITLAB, ['nx-fleet issue', 'after_script']).join('\n'), { env }));
    await plantRepository(join(workspace.root, 'nx-fleet-issue'));
    const pushing = {
      CI_REPOSITORY_URL: `file://${origin}`,
      CI_SERVER_URL: `file://${workspace.folder}/server`,
      CI_PROJECT_PATH: 'acme/shop',
      NX_FLEET_PUSH_TOKEN: 'glpat-none',
    };
    await succeed(play(workspace, scriptOf(workspace, GITLAB, ['nx-fleet merge request', 'script']).join('\n'), { env: pushing }));
    expect(existsSync(planted())).toBe(false);
    const [create, target, title, description] = readFileSync(options, 'utf8').split('\n');
    expect([create, target]).toEqual(['GIT_PUSH_OPTION_0=merge_request.create', 'GIT_PUSH_OPTION_1=merge_request.target=main']);
    expect(title).toBe('GIT_PUSH_OPTION_2=merge_request.title=One apple; it\'s $(touch pwned) "good"');
    expect(description).toMatch(/^GIT_PUSH_OPTION_3=merge_request\.description=# Approved: .*\\n\\n.*approve\. Good\./);
    expect(await workspace.git('-C', origin, 'for-each-ref', '--format=%(refname)', 'refs/heads/issue')).toMatch(/issue\/1-one-apple/);
  });
});
