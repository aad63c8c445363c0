import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { gateExecutor } from './executor.js';
import { isUntouched } from './is-untouched.js';
import { rememberRun, runOf } from '../../settings/run-name.js';
import { writtenBy } from '../shown-output.fixture.js';

const INDEX = '.nx-fleet/out/fleet/agent-changes/index.json';
const ENV = { NX_FLEET_COMMAND: 'this' };
const index = (...projects: readonly string[]): string =>
  JSON.stringify({ version: 1, run: 'this', projects: projects.map((project) => ({ project, baseTree: 'a', tree: 'b' })) });

describe('whether a change leaves a project alone', () => {
  let root = '';

  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  const gateOf = (projectName: string, before: readonly unknown[] = ['fleet:agent-changes', `${projectName}:agent-review--codex`]) =>
    ({
      root,
      projectName,
      targetName: 'agent-review',
      taskGraph: { dependencies: { [`${projectName}:agent-review`]: before } },
    }) as unknown as ExecutorContext;

  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'nx-fleet-')));
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
    delete process.env['NX_FLEET_COMMAND'];
  });

  it('is what the command found out before', () => {
    write(INDEX, index('@shop/a'));
    expect([isUntouched(gateOf('@shop/a'), ENV), isUntouched(gateOf('a'), ENV), isUntouched(gateOf('b'), ENV)]).toEqual([
      false,
      true,
      true,
    ]);
    expect(isUntouched(gateOf('b', [{ id: 'fleet:agent-changes' }]), ENV)).toBe(true);
  });

  it.each(['', '{', 'null', '{"version":1,"run":"this"}', '{"version":2,"run":"this","projects":[]}'])('is not known from %j', (text) => {
    write(INDEX, text);
    expect(isUntouched(gateOf('b'), ENV)).toBe(false);
  });

  it('is not known where nobody has looked, or the task waits for nobody who looks', () => {
    expect(isUntouched(gateOf('b'), ENV)).toBe(false);
    write(INDEX, index());
    expect(isUntouched(gateOf('b', []), ENV)).toBe(false);
  });

  it('is not known by what another command has found', () => {
    write(INDEX, index('a').replace('this', 'another'));
    expect(isUntouched(gateOf('b'), ENV)).toBe(false);
    write(INDEX, index('a').replace('"run":"this",', ''));
    expect([isUntouched(gateOf('b'), ENV), isUntouched(gateOf('b'), {})]).toEqual([false, false]);
  });

  it('does not count where the verdict of an earlier change must go', () => {
    write(INDEX, index('a'));
    mkdirSync(join(root, '.nx-fleet/out/b/agent-review'), { recursive: true });
    expect(isUntouched(gateOf('b'), ENV)).toBe(true);
    write('.nx-fleet/out/b/agent-review/verdict.json', '{}');
    expect(isUntouched(gateOf('b'), ENV)).toBe(false);
  });

  it('lets the gate pass, and say so', async () => {
    const env: NodeJS.ProcessEnv = {};
    rememberRun(env);
    write(INDEX, index('a').replace('this', runOf(env) ?? ''));
    process.env['NX_FLEET_COMMAND'] = runOf(env) ?? '';
    const text = await writtenBy(async () => {
      expect(await gateExecutor({ subject: 'project' }, gateOf('b'))).toEqual({ success: true });
    });
    expect(text).toBe('Nothing to review: the change does not touch this project.\n');
  });
});
