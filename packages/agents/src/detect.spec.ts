import type { Command, CommandResult } from '@nx-fleet/core';
import { detectProgram, installHint, relativePath, resolveProgram } from './detect.js';
import { commandResult } from './request.fixture.js';

const detect = async (result: Partial<CommandResult>, minimum: string | null = '1.10.0') => {
  const seen: Command[] = [];
  const commands = {
    run: (command: Command) => {
      seen.push(command);
      return Promise.resolve(commandResult(result));
    },
  };
  const request = { command: 'tool', file: 'tool', versionArgs: ['--version'], minimum, hint: 'Install tool.', passEnv: [] };
  const answer = await detectProgram(request, { commands, env: { PATH: '/bin', SECRET: 's' }, workspaceRoot: '/w' });
  return { answer, command: seen[0] };
};

describe('detectProgram', () => {
  it.each([
    ['tool 1.10.0', '1.10.0'],
    ['2.0.1-beta.3 (Tool)\nmore', '2.0.1-beta.3'],
  ])('finds the version in "%s"', async (stdout, version) => {
    expect((await detect({ stdout })).answer).toEqual({ version });
  });

  it('compares versions as numbers', async () => {
    expect((await detect({ stdout: '1.9.9' })).answer).toEqual({
      missing: 'Found 1.9.9, need 1.10.0 or newer: "tool --version". Update it.',
    });
  });

  it('takes the first line as version where any text is one, and removes control characters', async () => {
    expect((await detect({ stdout: '\u001b[1mspring\u001b[0m release\nx' }, null)).answer).toEqual({ version: 'spring release' });
  });

  it('says what is wrong with a program that fails, says nothing, or does not answer', async () => {
    expect((await detect({ exitCode: 2, stderr: 'no config' })).answer).toEqual({
      missing: '"tool --version" failed with exit code 2: no config. Repair the program.',
    });
    expect((await detect({ ended: 'timed-out', exitCode: null })).answer).toEqual({
      missing: '"tool --version" did not answer within 10 seconds. Repair the program.',
    });
    expect((await detect({ stdout: 'hello' })).answer).toEqual({ missing: expect.stringContaining('printed "hello"') });
    expect((await detect({}, null)).answer).toEqual({ missing: expect.stringContaining('printed no version') });
  });

  it('gives the hint when there is no such program', async () => {
    expect((await detect({ ended: 'not-found', exitCode: null })).answer).toEqual({ missing: 'Install tool.' });
  });

  it('asks for at most 10 seconds, with the allow-list alone', async () => {
    expect((await detect({ stdout: '9.0.0' })).command).toMatchObject({ timeoutMs: 10_000, env: { PATH: '/bin' } });
    expect((await detect({ stdout: '9.0.0' })).command?.env).not.toHaveProperty('SECRET');
  });
});

describe('resolveProgram', () => {
  it('leaves a name to PATH, and takes a path from the workspace', () => {
    expect(resolveProgram('claude', '/w')).toBe('claude');
    expect(resolveProgram('tools/agent.mjs', '/w')).toBe('/w/tools/agent.mjs');
    expect(resolveProgram('/opt/agent', '/w')).toBe('/opt/agent');
  });
});

describe('installHint', () => {
  it('names the package where there is one, and the setting', () => {
    expect(installHint('claude', 'claude', '@anthropic-ai/claude-code')).toBe(
      '"claude" was not found. Install it: npm install -g @anthropic-ai/claude-code, or set "agents.define.claude.command".',
    );
    expect(installHint('mine', 'tool', null)).toBe('"tool" was not found. Install it, or set "agents.define.mine.command".');
  });
});

describe('relativePath', () => {
  it.each([
    ['/repo/src/a.ts', 'src/a.ts'],
    ['/repo/..a', '..a'],
    ['/repo', '/repo'],
    ['/repository/a.ts', '/repository/a.ts'],
    ['/etc/hosts', '/etc/hosts'],
    ['src/a.ts', 'src/a.ts'],
  ])('shows %s as %s', (path, shown) => {
    expect(relativePath('/repo', path)).toBe(shown);
  });
});
