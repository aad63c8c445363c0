import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PostTasksExecutionContext } from '@nx/devkit';
import { TASKS_VARIABLE, tasksNote } from '@nx-fleet/core';
import { postTasksExecution } from '../plugin.js';

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
