import { type Command, type CommandResult, type CommandRunner, type DependencyRequest, UserError } from '@nx-fleet/core';
import { installArguments, runInstall } from './install.js';
import type { PackageManager } from './package-manager.js';

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
    [{ name: 'pnpm', lockfile: 'pnpm-lock.yaml' }, 'install --offline --frozen-lockfile --reporter=ndjson'],
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

  const pnpm: PackageManager = { ...npm, name: 'pnpm', lockfile: 'pnpm-lock.yaml', isClonable: false };
  const pnpmError = (code: string): Partial<CommandResult> => ({
    exitCode: 1,
    stdout: `{"level":"info","name":"pnpm","message":"Lockfile is up to date"}\nsorry\n${JSON.stringify({ level: 'error', code, message: 'failed' })}\n`,
  });

  it.each(['ERR_PNPM_NO_OFFLINE_TARBALL', 'ERR_PNPM_NO_OFFLINE_META', 'ERR_PNPM_META_FETCH_FAIL'])(
    'asks pnpm for the network once its store has failed with %s, and only once',
    async (code) => {
      const missing = answering(pnpmError(code), {});
      await runInstall(missing, pnpm, request);
      expect(commandLines(missing.log)).toEqual([
        'pnpm install --offline --frozen-lockfile --reporter=ndjson',
        'pnpm install --prefer-offline --frozen-lockfile',
      ]);
      await expect(runInstall(answering(pnpmError(code), { exitCode: 1 }), pnpm, request)).rejects.toThrow('--prefer-offline');
    },
  );

  it.each<[string, Partial<CommandResult>]>([
    ['a script has failed in pnpm 10', pnpmError('ELIFECYCLE')],
    ['a script has failed in pnpm 12', pnpmError('ERR_PNPM_EXECUTOR_LIFECYCLE_SCRIPT_FAILED')],
    ['a script has printed the code of a missing package', { exitCode: 1, stdout: 'ERR_PNPM_NO_OFFLINE_TARBALL' }],
    ['it was ended', { ended: 'cancelled', exitCode: null, signal: 'SIGINT' }],
    ['pnpm is not there', { ended: 'not-found', exitCode: null }],
  ])('does not run pnpm again when %s', async (_, answer) => {
    const commands = answering(answer, {});
    await expect(runInstall(commands, pnpm, request)).rejects.toThrow(UserError);
    expect(commands.log).toHaveLength(1);
  });

  it.each<Partial<CommandResult>>([
    { ended: 'cancelled', exitCode: null },
    { exitCode: null, signal: 'SIGTERM' },
  ])('is said to be interrupted, without advice on a worktree that may be gone: %j', async (answer) => {
    const failure = await runInstall(answering(answer), pnpm, request).catch(String);
    expect(failure).toMatch(/"pnpm install --offline --frozen-lockfile" was interrupted\. Run the same command again/);
    expect(failure).not.toContain('/linked');
  });

  it('shows what pnpm and its scripts say without the JSON around it', async () => {
    const lines = [
      { level: 'debug', name: 'pnpm:scope', selected: 1 },
      { level: 'debug', name: 'pnpm:lifecycle', line: 'cannot compile' },
      { level: 'error', code: 'ELIFECYCLE', err: { message: 'postinstall: exit status 3' } },
    ];
    const stdout = ['> x@ postinstall', ...lines.map((line) => JSON.stringify(line))].join('\n');
    const failure = await runInstall(answering({ exitCode: 1, stdout }), pnpm, request).catch(String);
    expect(failure).toMatch(
      /"pnpm install --offline --frozen-lockfile" failed .*\n> x@ postinstall\ncannot compile\npostinstall: exit status 3$/,
    );
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
