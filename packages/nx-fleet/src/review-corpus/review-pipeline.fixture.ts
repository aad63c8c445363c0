import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { createAgent } from '@nx-fleet/agents';
import {
  BUILD_TARGET,
  checkoutBuild,
  gateReview,
  parseSettings,
  REVIEW_TARGET,
  reviewIssue,
  REVIEW,
  stageLimits,
  targetOf,
  VALIDATE_TARGET,
  validateIssue,
  VALIDATE,
  type Agent,
  type GateSettings,
  type StageContext,
  type Verdict,
} from '@nx-fleet/core';
import { createDatabase } from '@nx-fleet/databases';
import { createGit } from '@nx-fleet/git';
import { createHost } from '@nx-fleet/host';
import { readPrompt } from '../prompts.js';

const run = promisify(execFile);

/** A file of a tree: its text or bytes, or a link, or a text that may be run. */
export type SeededFile = string | Buffer | { readonly linkTo: string } | { readonly script: string };
export type SeededTree = Readonly<Record<string, SeededFile>>;

export const REVIEWERS = ['first', 'second'] as const;
export type Reviewer = (typeof REVIEWERS)[number];

/** A change of an issue's branch, on disk. */
export interface SeededIssue {
  readonly project: string;
  /** Runs all of it: checkout, checks, each reviewer as a program of its own, the gate. */
  review(answers: Readonly<Record<Reviewer, object>>): Promise<void>;
  /** The same with reviewers that approve without a look, and no program. */
  approve(): Promise<void>;
  gate(blockOn: GateSettings['blockOn']): Promise<Verdict>;
  /** Text of a reviewer's `review.json`. */
  readReview(reviewer: Reviewer): Promise<string>;
  /** How often a reviewer's program was started for an answer. */
  calls(): Promise<number>;
  /** Text of an artifact of the gate. */
  read(file: string): Promise<string>;
}

export interface ReviewPipeline {
  seed(id: string, before: SeededTree, after: SeededTree): Promise<SeededIssue>;
  remove(): Promise<void>;
}

/** A reviewer that answers what stands in a file: a program, as any agent is. */
const REVIEWER_PROGRAM = `
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
const [folder, reviewer] = process.argv.slice(2);
if (folder === '--version') {
  console.log('1.0.0');
} else {
  const issue = /^# (issue-[a-z0-9-]+)$/m.exec(readFileSync(0, 'utf8'))[1];
  appendFileSync(join(folder, issue + '.calls'), reviewer + '\\n');
  console.log(readFileSync(join(folder, issue + '.' + reviewer + '.json'), 'utf8'));
}
`;

/** The stages from the branch to the verdict, with real git, real files and real programs as reviewers. */
export async function createReviewPipeline(): Promise<ReviewPipeline> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'review-corpus-')));
  const [root, answers, program] = [join(folder, 'main'), join(folder, 'answers'), join(folder, 'reviewer.mjs')];
  await mkdir(root);
  await mkdir(answers);
  await writeFile(program, REVIEWER_PROGRAM);
  const env = gitEnvironment(folder);
  const git = createGit(root, { env });
  const host = createHost({ workspaceRoot: root, env, registryDirectory: join(folder, 'registry') });
  const runGit = async (cwd: string, ...args: readonly string[]): Promise<string> => (await run('git', args, { cwd, env })).stdout.trim();
  await runGit(root, 'init', '--quiet', '--initial-branch=main');
  await writeFile(join(root, '.gitignore'), '/.nx-fleet/\n');
  await runGit(root, 'add', '--all');
  await runGit(root, 'commit', '--quiet', '-m', 'first');

  const define = Object.fromEntries(
    REVIEWERS.map((name) => [
      name,
      {
        type: 'command',
        command: process.execPath,
        args: [program, answers, name],
        versionArgs: [program, '--version'],
        models: { standard: name },
      },
    ]),
  );
  const settings = parseSettings([{ file: 'nx.json', value: { agents: { reviewers: [...REVIEWERS], define }, checks: [] } }]);
  const agent = (name: string): Agent => {
    const definition = settings.agents.define[name];
    if (definition === undefined) throw new Error(`no agent "${name}"`);
    return createAgent(name, definition, { commands: host.commands, env, workspaceRoot: root });
  };
  const context = (project: string, target: string): StageContext => ({
    project,
    target,
    key: null,
    recipe: null,
    limits: stageLimits(settings),
    git,
    host,
    database: createDatabase(settings.database, { commands: host.commands, env }),
    provisioning: settings,
    agent,
    prompt: (name) => readPrompt(name, undefined),
    onProgress: () => {},
    matchesGlob: () => false,
    onDetail: () => {},
  });

  return {
    seed: async (id, before, after) => {
      const [project, worktree, branch] = [`issue-${id}`, join(folder, id), `issue/${id}`];
      await runGit(root, 'worktree', 'add', '--quiet', '-b', branch, worktree, 'main');
      const commit = async (tree: SeededTree): Promise<string> => {
        await runGit(worktree, 'rm', '-rqf', '--ignore-unmatch', '.');
        for (const [path, file] of Object.entries(tree)) await writeSeeded(join(worktree, path), file);
        await runGit(worktree, '-c', 'core.autocrlf=false', 'add', '--all', '--force');
        await runGit(worktree, 'commit', '--quiet', '--allow-empty', '-m', 'state');
        return runGit(worktree, 'rev-parse', 'HEAD');
      };
      const base = await commit(before);
      await commit(after);
      const tracker = { type: 'markdown', reference: id, url: null };
      const manifest = { version: 1, project, title: id, branch, base, adopted: true, round: 1, blockedBy: [], tracker } as const;
      await host.state.writeIssue(project, { ...manifest, blockedBy: [] }, `# ${project}\n\nDo it.\n`);
      await host.state.writeLocal(project, { worktree, ports: {}, database: null });
      return {
        project,
        review: async (statements) => {
          for (const name of REVIEWERS) await writeFile(join(answers, `${project}.${name}.json`), JSON.stringify(statements[name]));
          await checkoutBuild('claude', context(project, BUILD_TARGET));
          await validateIssue(VALIDATE.settings(settings, ''), context(project, VALIDATE_TARGET));
          await Promise.all(
            REVIEWERS.map((name) => reviewIssue(REVIEW.settings(settings, name), context(project, targetOf(REVIEW_TARGET, name)))),
          );
        },
        approve: async () => {
          await checkoutBuild('claude', context(project, BUILD_TARGET));
          const [baseTree, tree] = [await git.resolveTree(base), await git.resolveTree(`refs/heads/${branch}`)];
          for (const reviewer of REVIEWERS) {
            const review = { $schema: '', version: 1, reviewer, vendor: reviewer, model: null, baseTree, tree, verdict: 'approve' };
            const text = JSON.stringify({ ...review, summary: '', findings: [], ungrounded: [] });
            await host.artifacts.write(project, targetOf(REVIEW_TARGET, reviewer), 'review.json', text);
          }
        },
        gate: (blockOn) => gateReview({ reviewers: REVIEWERS, blockOn }, context(project, REVIEW_TARGET)),
        readReview: async (name) => (await host.artifacts.read(project, targetOf(REVIEW_TARGET, name), 'review.json')) ?? '',
        calls: async () => (await readIfThere(join(answers, `${project}.calls`))).split('\n').length - 1,
        read: async (file) => (await host.artifacts.read(project, REVIEW_TARGET, file)) ?? '',
      };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function writeSeeded(path: string, file: SeededFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true });
  if (typeof file === 'string' || Buffer.isBuffer(file)) await writeFile(path, file);
  else if ('linkTo' in file) await symlink(file.linkTo, path);
  else {
    await writeFile(path, file.script);
    await chmod(path, 0o755);
  }
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function gitEnvironment(home: string): Readonly<Record<string, string>> {
  const name = 'Ada';
  const email = 'ada@example.com';
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  };
}
