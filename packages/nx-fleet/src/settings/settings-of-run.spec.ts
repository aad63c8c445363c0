import { parseSettings, TASKS_VARIABLE, tasksNote } from '@nx-fleet/core';
import type { PostTasksExecutionContext } from '@nx/devkit';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { areSettingsOfRun, rememberSettings } from './settings-of-run.js';
import { postTasksExecution } from '../plugin.js';

const settings = parseSettings([]);
const other = parseSettings([{ file: 'nx.json', value: { review: { rounds: 5 } } }]);

describe('the options that an Nx command begins with', () => {
  it('are known to its tasks, however the options change', () => {
    const env: NodeJS.ProcessEnv = {};
    rememberSettings({ settings, isFaulty: false }, env);
    expect([areSettingsOfRun(parseSettings([]), env), areSettingsOfRun(other, env)]).toEqual([true, false]);
    rememberSettings({ settings: other, isFaulty: false }, env);
    expect([areSettingsOfRun(settings, env), areSettingsOfRun(other, env)]).toEqual([false, true]);
  });

  it('are no longer those where they had a fault then', () => {
    const env: NodeJS.ProcessEnv = {};
    rememberSettings({ settings, isFaulty: true }, env);
    expect(areSettingsOfRun(settings, env)).toBe(false);
  });

  it('keep no task from running where nothing was remembered', () => {
    expect(areSettingsOfRun(settings, {})).toBe(true);
  });
});

describe('the Nx of a check', () => {
  const folder = mkdtempSync(join(tmpdir(), 'note-tasks-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(() => {
    delete process.env[TASKS_VARIABLE];
  });

  it('notes how many tasks it has run, run by run', () => {
    const file = join(folder, 'out', 'check-1.tasks');
    process.env[TASKS_VARIABLE] = file;
    for (const taskResults of [{}, { 'a:test': {}, 'b:test': {} }]) {
      void postTasksExecution(undefined, { taskResults } as unknown as PostTasksExecutionContext);
    }
    expect(readFileSync(file, 'utf8')).toBe(`${tasksNote(0)}${tasksNote(2)}`);
  });

  it('notes nothing where no check asks for it', () => {
    expect(() => postTasksExecution(undefined, { taskResults: {} } as unknown as PostTasksExecutionContext)).not.toThrow();
  });
});
