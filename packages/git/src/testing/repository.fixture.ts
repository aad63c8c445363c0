import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Git } from '@nx-fleet/core';
import { createGit } from '../create-git.js';

const run = promisify(execFile);

export interface TestRepository {
  /** A folder of this test alone; the repository is `main` in it. */
  readonly folder: string;
  readonly path: string;
  readonly git: Git;
  readonly environment: Readonly<Record<string, string>>;
  /** Runs git as a user would, and gives its output without the last line break. */
  run(args: readonly string[], cwd?: string): Promise<string>;
  write(file: string, content: string, cwd?: string): Promise<void>;
  /** Writes files and commits everything. */
  commit(message: string, files: Readonly<Record<string, string>>, cwd?: string): Promise<string>;
  hook(name: string, script: string): Promise<void>;
  remove(): Promise<void>;
}

/** What git gets in tests: nobody's configuration, a fixed author, and none of the runner's repository variables. */
export function testEnvironment(folder: string): Readonly<Record<string, string>> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
  };
}

let template: Promise<TestRepository> | null = null;
afterAll(async () => (await template)?.remove());

/** A repository with the branch `main`, whose first commit holds `readme.md`: a copy, since each git that starts costs time. */
export async function createTestRepository(name = 'main'): Promise<TestRepository> {
  const { path } = await (template ??= createTemplate());
  const repository = await repositoryIn(name);
  await cp(path, repository.path, { recursive: true, preserveTimestamps: true });
  await repository.run(['update-index', '-q', '--refresh']);
  return repository;
}

async function createTemplate(): Promise<TestRepository> {
  const repository = await repositoryIn('main');
  await repository.run(['init', '--quiet', '--initial-branch=main']);
  await repository.commit('first', { 'readme.md': 'hello\n' });
  // One spec copies it as another user.
  await chmod(repository.folder, 0o755);
  return repository;
}

/** What works with a repository that is not there yet. */
async function repositoryIn(name: string): Promise<TestRepository> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'git-spec-')));
  const path = join(folder, name);
  await mkdir(path);
  const environment = testEnvironment(folder);
  const runGit = async (args: readonly string[], cwd = path): Promise<string> => {
    const options = { cwd, env: environment, maxBuffer: 64 * 1024 * 1024 };
    const { stdout } = await run('git', ['-c', 'maintenance.auto=false', ...args], options);
    return stdout.replace(/\n$/, '');
  };
  const write = async (file: string, content: string, cwd = path): Promise<void> => {
    await mkdir(dirname(join(cwd, file)), { recursive: true });
    await writeFile(join(cwd, file), content);
  };
  return {
    folder,
    path,
    environment,
    git: createGit(path, { env: environment }),
    run: runGit,
    write,
    commit: async (message, files, cwd = path) => {
      for (const [file, content] of Object.entries(files)) await write(file, content, cwd);
      await runGit(['add', '--all'], cwd);
      await runGit(['commit', '--quiet', '--allow-empty', '-m', message], cwd);
      return runGit(['rev-parse', 'HEAD'], cwd);
    },
    hook: async (hookName, script) => {
      const file = join(path, '.git', 'hooks', hookName);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, `#!/bin/sh\n${script}\n`);
      await chmod(file, 0o755);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
