import { inspect } from 'node:util';
import type { DatabaseBranch } from '@nx-fleet/core';
import { branchName } from '../ownership.js';
import type { NeonEmulator } from '../testing/neon-emulator.js';
import { createNeonDatabase } from './neon-database.js';
import { branchesOf, count, failureOf, PATIENCE, probe, refusal, setUp, useNeonEmulators, waitUntil } from './neon.fixture.js';

import.meta.jest.setTimeout(60_000);
useNeonEmulators();

describe('when Neon is in trouble', () => {
  it.each([423, 503])('any call is tried again after %d', async (status) => {
    const { emulator, database, request } = await setUp();
    for (const operation of [
      'createProjectBranch',
      'listProjectBranches',
      'getProjectOperation',
      'getConnectionURI',
      'restoreProjectBranch',
      'deleteProjectBranch',
    ]) {
      emulator.fail({ operation, how: status, times: 3 });
    }
    await database.createBranch(request('first'));
    await database.resetBranch(request('first'));
    await database.removeBranch(request('first'));
    expect(count(emulator, 'createProjectBranch')).toBe(4);
    expect(emulator.project.branches.size).toBe(1);
  });

  it.each(['1', () => new Date(Date.now() + 2_000).toUTCString()])(
    'a call waits for the time that Retry-After names (%s)',
    async (header) => {
      const { emulator, database, request } = await setUp();
      const after = typeof header === 'string' ? header : header();
      emulator.fail({ operation: 'createProjectBranch', how: 429, headers: { 'retry-after': after } });
      const start = Date.now();
      await database.createBranch(request('first'));
      expect(Date.now() - start).toBeGreaterThanOrEqual(950);
      expect(count(emulator, 'createProjectBranch')).toBe(2);
    },
  );

  it('a time that is too long to wait is told at once', async () => {
    const { emulator, database, request } = await setUp();
    emulator.fail({ operation: 'createProjectBranch', how: 429, headers: { 'retry-after': '3600' } });
    await expect(refusal(database.createBranch(request('first')))).resolves.toMatch(/^Neon answered 429 .* Run this again later/);
    expect(count(emulator, 'createProjectBranch')).toBe(1);
  });

  it.each(['lost', 'late'] as const)('a creation whose answer is %s is found by its name, and not sent again', async (how) => {
    const { emulator, database, request } = await setUp({ patience: { answerMs: 700 } });
    emulator.fail({ operation: 'createProjectBranch', how });
    await expect(database.createBranch(request('first'))).resolves.not.toBeNull();
    expect(count(emulator, 'createProjectBranch')).toBe(1);
    expect(emulator.project.branches.size).toBe(2);
  });

  it.each(['dropped', 500, 502, 504] as const)(
    'a creation that took no effect (%s) is sent again once the name was looked for',
    async (how) => {
      const { emulator, database, request } = await setUp();
      emulator.fail({ operation: 'createProjectBranch', how, times: 2 });
      await expect(database.createBranch(request('first'))).resolves.not.toBeNull();
      const sent = emulator.calls.filter((call) => ['createProjectBranch', 'listProjectBranches'].includes(call));
      expect(sent).toEqual(Array.from({ length: 3 }, () => ['listProjectBranches', 'createProjectBranch']).flat());
    },
  );

  it('a creation whose answer was lost is not taken for a stranger’s that came first', async () => {
    const { emulator, project, database, request } = await setUp();
    emulator.fail({ operation: 'createProjectBranch', how: 'dropped' });
    emulator.fail({ operation: 'countProjectBranches', how: 503 });
    const creating = failureOf(database.createBranch(request('first')));
    project.add({ name: branchName(request('first')), parentId: emulator.main.id, annotation: null, expiresAt: null });
    expect((await creating).message).toContain('was not made for this worktree');
    expect(branchesOf(emulator, branchName(request('first')))).toHaveLength(1);
  });

  it('a reset whose answer is lost is seen, and not done twice', async () => {
    const { emulator, database, request } = await setUp();
    const made = await database.createBranch(request('first'));
    await probe.mark(made!);
    emulator.fail({ operation: 'restoreProjectBranch', how: 'lost' });
    await database.resetBranch(request('first'));
    await expect(probe.isMarked(made!)).resolves.toBe(false);
    expect(count(emulator, 'restoreProjectBranch')).toBe(1);
  });

  it('a reset that took no effect is sent again', async () => {
    const { emulator, database, request } = await setUp();
    const made = await database.createBranch(request('first'));
    await probe.mark(made!);
    emulator.fail({ operation: 'restoreProjectBranch', how: 'dropped', times: 2 });
    await database.resetBranch(request('first'));
    await expect(probe.isMarked(made!)).resolves.toBe(false);
    expect(count(emulator, 'restoreProjectBranch')).toBe(3);
  });

  it.each(['lost', 'dropped', 'late'] as const)('a removal whose answer is %s is finished', async (how) => {
    const { emulator, database, request } = await setUp({ patience: { answerMs: 700 } });
    await database.createBranch(request('first'));
    emulator.fail({ operation: 'deleteProjectBranch', how });
    await database.removeBranch(request('first'));
    await waitUntil(() => !emulator.project.isBusy(null));
    expect(emulator.project.branches.size).toBe(1);
  });

  it('reads are tried again, but not for ever', async () => {
    const { emulator, database, request } = await setUp();
    emulator.fail({ operation: 'listProjectBranches', how: 'dropped', times: 3 });
    await database.createBranch(request('first'));
    emulator.fail({ operation: 'listProjectBranches', how: 'dropped', times: 100 });
    await expect(refusal(database.createBranch(request('first')))).resolves.toMatch(
      /^Neon gave no answer \(ECONNRESET\)\. Check that "127\.0\.0\.1:\d+"/,
    );
    expect(count(emulator, 'listProjectBranches')).toBe(8);
  });

  it('what is killed or cancelled half-way is finished by the same call', async () => {
    const { emulator, project, database, request } = await setUp();
    project.operationMs = 200;
    const controller = new AbortController();
    const cancelled = failureOf(database.createBranch({ ...request('first'), signal: controller.signal }));
    await waitUntil(() => project.branches.size === 2);
    controller.abort(new Error('Cancelled by the test'));
    await cancelled;
    await expect(database.createBranch(request('first'))).resolves.not.toBeNull();
    expect(count(emulator, 'createProjectBranch')).toBe(1);
  });

  it('an operation that never ends is told of after a while', async () => {
    const { project, database, request } = await setUp({ patience: { readyMs: 300 } });
    project.operationMs = 1_000;
    await expect(refusal(database.createBranch(request('first')))).resolves.toMatch(
      /^Neon is slow: after 1 s its operation "create_timeline" is still "running"\. Run this again/,
    );
  });

  it('an operation that stays failed ends the wait', async () => {
    const { project, database, request } = await setUp({ patience: { failedMs: 100 } });
    project.failures = 20;
    expect((await failureOf(database.createBranch(request('first')))).message).toMatch(
      /operation "create_timeline" \(.*\) ended as "failed"/,
    );
  });
});

describe('Neon refuses', () => {
  it('a branch too many: the error counts them, and says what helps', async () => {
    const { emulator, database, request, progress } = await setUp({ options: { branchLimit: 3 } });
    await database.createBranch(request('first'));
    await emulator.project.addRoot('other');
    await expect(refusal(database.createBranch(request('second')))).resolves.toBe(
      'Neon answered 422 "branches limit exceeded" (MADE_UP_422, request made-up-request). The project has 3 branches of 3, 1 of them made here. Remove worktrees or branches that are not needed, or choose a larger plan; then run this again.',
    );
    expect(progress).toContain('The Neon project has 3 branches, of 3 that its plan includes');
    await expect(database.createBranch(request('first'))).resolves.not.toBeNull();
  });

  it('what it cannot process for another reason', async () => {
    const { emulator, database, request } = await setUp();
    emulator.fail({ operation: 'createProjectBranch', how: 422 });
    await expect(refusal(database.createBranch(request('first')))).resolves.toMatch(
      /^Neon answered 422 .* Fix what it reports, and run this again\.$/,
    );
  });

  it('to remove or reset a branch that has children', async () => {
    const { project, database, request, branch } = await setUp();
    await database.createBranch(request('first'));
    project.add({ name: 'child', parentId: branch().id, annotation: null, expiresAt: null });
    await expect(refusal(database.removeBranch(request('first')))).resolves.toContain('"cannot delete a branch that has children"');
    await expect(refusal(database.resetBranch(request('first')))).resolves.toContain('"preserve_under_name is required"');
  });

  it('a parent that is not there', async () => {
    const { database, request } = await setUp({ settings: { parent: 'mai' } });
    const text = 'The Neon project has no branch "mai". Set "database.parent" to the name or id of one.';
    await expect(refusal(database.createBranch(request('first')))).resolves.toBe(text);
  });

  it('a role that is not there', async () => {
    const { database, request } = await setUp({ settings: { role: 'nobody' } });
    await expect(refusal(database.createBranch(request('first')))).resolves.toMatch(/^Neon answered 404 "role not found"/);
  });
});

describe('an error of the Neon provider never holds the key or a password', () => {
  const calls = [
    'listProjectBranches',
    'createProjectBranch',
    'getProjectOperation',
    'getProjectBranch',
    'listProjectBranchDatabases',
    'getConnectionURI',
  ];

  it.each(calls)('when %s fails', async (operation) => {
    const { emulator, database, request } = await setUp({ patience: { unansweredTries: 1 } });
    for (const how of [401, 403, 418, 500, 'dropped'] as const) {
      emulator.fail({ operation, how, times: 1000 });
      const error = await failureOf(database.createBranch(request(`first-${how}`)));
      expectNoSecret(error, emulator);
      expect(error.message).toMatch(/^Neon (answered \d+|gave no answer)/);
      emulator.fix();
    }
  });

  it('when the database gives no answer', async () => {
    const { emulator, project, database, request, settings, context } = await setUp();
    const made = await database.createBranch(request('first'));
    await project.query('postgres', ...[...project.branches.values()].map(({ role }) => `ALTER ROLE "${role}" PASSWORD 'another one'`));
    const impatient = createNeonDatabase(settings, context, { ...PATIENCE, readyMs: 1 });
    const error = await failureOf(impatient.createBranch(request('first')));
    expect(error.message).toMatch(/^The Neon branch is there, but its database at "127\.0\.0\.1:\d+" gives no answer \(28P01\)/);
    expectNoSecret(error, emulator, made);
  });

  it('when an answer is not as the API says', async () => {
    const { emulator, project, database, request } = await setUp();
    project.uri = () => 'postgres://user:made-up-password@';
    const error = await failureOf(database.createBranch(request('first')));
    expect(error.message).toBe('An answer of Neon is not as its API says: uri');
    expectNoSecret(error, emulator);
  });

  it('when its host cannot be reached, or the call is cancelled', async () => {
    const { emulator, settings, context, request } = await setUp();
    const gone = createNeonDatabase({ ...settings, apiUrl: 'http://127.0.0.1:9/api/v2' }, context, PATIENCE);
    const error = await failureOf(gone.createBranch(request('first')));
    expect(error.message).toContain('ECONNREFUSED');
    expectNoSecret(error, emulator);
    const database = createNeonDatabase(settings, context, PATIENCE);
    const cancelled = database.createBranch({ ...request('first'), signal: AbortSignal.abort(new Error('Cancelled by the test')) });
    expectNoSecret(await failureOf(cancelled), emulator);
  });

  function expectNoSecret(error: Error, { key, project }: NeonEmulator, branch: DatabaseBranch | null = null): void {
    const passwords = [...project.branches.values()].flatMap(({ password }) => [password, encodeURIComponent(password)]);
    const texts = [inspect(error, { depth: Infinity, showHidden: true }), JSON.stringify(error), String(error), error.stack ?? ''];
    for (const secret of [key, 'Bearer napi', 'made-up-password', ...passwords, ...Object.values(branch?.variables ?? {})]) {
      for (const text of texts) expect(text).not.toContain(secret);
    }
  }
});
