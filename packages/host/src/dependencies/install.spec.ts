import { UserError, type Command, type CommandResult, type CommandRunner, type DependencyRequest } from '@nx-fleet/core';
import { installArguments, runInstall } from './install.js';
import type { PackageManager } from './lockfile.js';

const npm: PackageManager = { name: 'npm', lockfile: 'package-lock.json', isClassicYarn: false, isClonable: true };
const exited: CommandResult = { ended: 'exited', exitCode: 0, signal: null, stdout: '', stderr: '', durationMs: 1 };

function answering(...answers: readonly Partial<CommandResult>[]): CommandRunner & { readonly log: Command[] } {
  const log: Command[] = [];
  return {
    log,
    run: async (command) => {
      log.push(command);
      return { ...exited, ...answers[log.length - 1] };
    },
  };
}

const request: DependencyRequest = { from: '/main', to: '/linked', safety: 'install', env: { PATH: '/bin' }, onProgress: () => undefined };
const commandLines = (commands: readonly Command[]): readonly string[] => commands.map(({ file, args }) => [file, ...args].join(' '));

describe('arguments of an install', () => {
  it.each<[Partial<PackageManager>, string]>([
    [{}, 'ci --no-audit --no-fund --prefer-offline --json'],
    [{ lockfile: null }, 'install --no-audit --no-fund --prefer-offline --no-package-lock'],
    [{ name: 'pnpm', lockfile: 'pnpm-lock.yaml' }, 'install --offline --frozen-lockfile'],
    [{ name: 'pnpm', lockfile: null }, 'install --no-lockfile --prefer-offline'],
    [{ name: 'yarn', lockfile: 'yarn.lock' }, 'install --immutable'],
    [{ name: 'yarn', lockfile: 'yarn.lock', isClassicYarn: true }, 'install --frozen-lockfile --non-interactive'],
    [{ name: 'bun', lockfile: 'bun.lock' }, 'install --frozen-lockfile'],
    [{ name: 'bun', lockfile: null }, 'install --no-save'],
  ])('for %j are: %s', (difference, expected) => {
    expect(installArguments({ ...npm, ...difference }).join(' ')).toBe(expected);
  });
});

describe('an install', () => {
  it('runs in the worktree, with the environment that it is given', async () => {
    const commands = answering({});
    await runInstall(commands, npm, request);
    expect(commands.log).toMatchObject([{ cwd: '/linked', env: { PATH: '/bin' } }]);
  });

  it('tries npm install once npm ci says that lockfile and manifest disagree, and for no other reason', async () => {
    const outOfStep = answering({ exitCode: 1, stdout: '{"error":{"code":"EUSAGE","summary":""}}' }, {});
    await runInstall(outOfStep, npm, request);
    expect(commandLines(outOfStep.log)[1]).toBe('npm install --no-audit --no-fund --prefer-offline --no-save');
    const offline = answering({ exitCode: 1, stdout: '{"error":{"code":"ENOTFOUND"}}', stderr: 'EUSAGE' });
    await expect(runInstall(offline, npm, request)).rejects.toThrow(UserError);
    expect(offline.log).toHaveLength(1);
  });

  it('asks pnpm for the network only once its store has failed, and only once', async () => {
    const pnpm: PackageManager = { ...npm, name: 'pnpm', lockfile: 'pnpm-lock.yaml', isClonable: false };
    const missing = answering({ exitCode: 1 }, {});
    await runInstall(missing, pnpm, request);
    expect(commandLines(missing.log)).toEqual([
      'pnpm install --offline --frozen-lockfile',
      'pnpm install --prefer-offline --frozen-lockfile',
    ]);
    await expect(runInstall(answering({ exitCode: 1 }, { exitCode: 1 }), pnpm, request)).rejects.toThrow('--prefer-offline');
    const absent = answering({ ended: 'not-found', exitCode: null });
    await expect(runInstall(absent, pnpm, request)).rejects.toThrow(/^Cannot find "pnpm"/);
    expect(absent.log).toHaveLength(1);
  });

  it('shows the last lines of what it said, without escape sequences', async () => {
    const stderr = Array.from({ length: 40 }, (_, index) => `\u001b[31mline ${index}\u001b[0m`).join('\n');
    const failure = await runInstall(answering({ exitCode: 2, stderr }), { ...npm, name: 'bun' }, request).catch(String);
    expect(failure).toContain('"bun install --frozen-lockfile" failed with exit code 2 in "/linked"');
    expect(failure).toMatch(/line 38\nline 39$/);
    expect(failure).not.toContain('line 24');
    expect(failure).not.toContain('\u001b');
  });
});
