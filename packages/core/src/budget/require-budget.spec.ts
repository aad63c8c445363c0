import { UserError } from '../errors/user-error.js';
import { createFakeHost, type FakeHost } from '../host/fake-host.js';
import { budgetsSchema } from '../settings/section-settings.js';
import { anEnd, aStart } from './ledger.contract.js';
import type { PaymentStart } from './ledger.js';
import { requireBudget } from './require-budget.js';

const stage = { project: 'issue-42', target: 'agent-plan', key: 'key' };
const WAY_ON = 'agent-plan starts no agent; what is finished is kept. To continue, raise';

async function pay(host: FakeHost, costUsd: number | null, change: Partial<PaymentStart> = {}): Promise<void> {
  const id = String((await host.ledger.readPayments()).length);
  await host.ledger.addPayment(aStart({ ...change, id }));
  await host.ledger.addPayment(anEnd({ id, costUsd }));
}

async function ask(host: FakeHost, options: object): Promise<{ readonly refusal: string | null; readonly said: readonly string[] }> {
  const said: string[] = [];
  try {
    await requireBudget(stage, { ...host, budgets: budgetsSchema.parse(options), onProgress: (line) => said.push(line) });
    return { refusal: null, said };
  } catch (error) {
    if (error instanceof UserError) return { refusal: error.message, said };
    throw error;
  }
}

describe('requireBudget', () => {
  it.each([
    ['another target of the issue', { target: 'agent-build--claude' }, 'stageUsd'],
    ['the stage under another key', { key: 'other' }, 'stageUsd'],
    ['another issue', { project: 'issue-4' }, 'issueUsd'],
    ['another command', { run: 'run-0' }, 'runUsd'],
  ])('does not count %s in %s', async (_, change, option) => {
    const host = createFakeHost();
    await pay(host, 1, change);
    expect((await ask(host, { [option]: 1 })).refusal).toBeNull();
    await pay(host, 1);
    expect((await ask(host, { [option]: 1 })).refusal).toContain(`"budgets.${option}") is used up: $1.00 is spent`);
  });

  it('counts other targets and keys for the issue, and other issues for the command', async () => {
    const host = createFakeHost();
    await pay(host, 0.6, { target: 'agent-build--claude', run: 'run-0' });
    await pay(host, 0.6, { key: 'other', run: 'run-0' });
    expect((await ask(host, { issueUsd: 1.2 })).refusal).toContain('The budget of $1.20 for issue-42');
    await pay(host, 0.5, { project: 'issue-4' });
    expect((await ask(host, { runUsd: 0.5 })).refusal).toContain('The budget of $0.50 for this command');
  });

  it('says what is spent, what is kept and how to go on', async () => {
    const host = createFakeHost();
    await pay(host, 1.04);
    expect((await ask(host, { issueUsd: 1 })).refusal).toBe(
      `The budget of $1.00 for issue-42 ("budgets.issueUsd") is used up: $1.04 is spent. ${WAY_ON} "budgets.issueUsd" in nx-fleet.json, then run again: nx run issue-42:agent-plan`,
    );
    expect((await ask(host, { runUsd: 1 })).refusal).toMatch(/: nx run issue-42:agent-plan\. A new command has its own budget\.$/);
  });

  it('runs no agent on a budget of 0', async () => {
    expect((await ask(createFakeHost(), { runUsd: 0 })).refusal).toContain('$0.00 is spent');
  });

  it('does not count what is under way', async () => {
    const host = createFakeHost();
    await host.ledger.addPayment(aStart({ owner: host.registry.self }));
    expect(await ask(host, { issueUsd: 1, unknown: 'stop' })).toEqual({ refusal: null, said: [] });
  });

  it('warns of an unknown cost and goes on', async () => {
    const host = createFakeHost();
    await pay(host, null);
    await pay(host, 0.5);
    expect(await ask(host, { issueUsd: 1 })).toEqual({
      refusal: null,
      said: ['Cost unknown for 1 agent run of issue-42; "budgets.issueUsd" counts the rest: $0.50'],
    });
  });

  it('stops at an unknown cost when it is told to', async () => {
    const host = createFakeHost();
    await host.ledger.addPayment(aStart({ owner: { pid: 1, startedAt: null } }));
    expect((await ask(host, { stageUsd: 1, unknown: 'stop' })).refusal).toBe(
      'Cost unknown for 1 agent run of agent-plan of issue-42, and "budgets.unknown" is "stop". agent-plan starts no agent; what is finished is kept. To continue, set it to "warn", then run again: nx run issue-42:agent-plan',
    );
  });

  it('reads nothing where no budget is set', async () => {
    const host = createFakeHost();
    const ledger = { ...host.ledger, readPayments: () => Promise.reject(new Error('read')) };
    expect((await ask({ ...host, ledger }, { unknown: 'stop' })).refusal).toBeNull();
  });
});
