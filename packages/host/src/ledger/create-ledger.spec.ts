import { appendFileSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '@nx-fleet/core';
import { aHit, anEnd, aStart, describeLedger } from '../../../core/src/budget/ledger.contract.js';
import { startSourceProcess } from '../../../system/src/testing/source-process.js';
import { useTemporaryFolder } from '../../../system/src/testing/temporary-folder.js';
import { createLedger } from './ledger.js';

const WORKER = `
  const { createLedger } = await import(source('host/src/ledger/ledger'));
  const [mainWorktree, name, count] = process.argv.slice(1);
  const ledger = createLedger({ workspaceRoot: mainWorktree, findMainWorktree: async () => mainWorktree, env: {} });
  const start = { kind: 'start', at: new Date().toISOString(), run: 'r', project: 'p', target: 't', key: null, agent: 'a', model: 'm'.repeat(500), owner: { pid: 1, startedAt: null } };
  for (let index = 0; index < Number(count); index += 1) {
    await ledger.addPayment({ ...start, id: name + '-' + index });
    console.log(index);
  }
`;

describe('ledger on disk', () => {
  const folder = useTemporaryFolder();
  const make = () => createLedger({ workspaceRoot: '/', findMainWorktree: async () => folder(), env: {} });
  const file = (book = 'payments'): string => path.join(folder(), '.nx-fleet', 'local', 'ledger', `${book}.jsonl`);

  describeLedger('two files', make);

  it('is readable by its owner only', async () => {
    await make().addPayment(aStart());
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('only grows', async () => {
    await make().addPayment(aStart());
    const before = readFileSync(file(), 'utf8');
    await make().addPayment(anEnd());
    expect(readFileSync(file(), 'utf8').startsWith(before)).toBe(true);
  });

  it('loses nothing but the entry that a crash of the machine has torn off', async () => {
    await make().addPayment(aStart());
    appendFileSync(file(), '\n{"kind":"end","id":"a","at":"2026-0');
    await make().addPayment(aStart({ id: 'b' }));
    expect(await make().readPayments()).toEqual([aStart(), aStart({ id: 'b' })]);
  });

  it.each([
    ['payments', '{"kind":"refund","id":"a"}'],
    ['payments', JSON.stringify({ ...anEnd(), costUsd: -1 })],
    ['hits', '[]'],
  ])('refuses to count %s that it does not understand: %s', async (book, line) => {
    await make().addPayment(aStart());
    await make().addHits([aHit()]);
    appendFileSync(file(book), `\n${line}\n`);
    const read = book === 'hits' ? make().readHits() : make().readPayments();
    await expect(read).rejects.toThrow(UserError);
    await expect(read).rejects.toThrow(file(book));
  });

  it('takes entries of a later version that say more', async () => {
    await make().addHits([]);
    await make().addPayment({ ...aStart(), later: true } as ReturnType<typeof aStart>);
    expect(await make().readPayments()).toEqual([aStart()]);
  });

  it('keeps every entry of many processes whole, of those too that are killed', async () => {
    const workers = Array.from({ length: 6 }, (_, index) => startSourceProcess(WORKER, [folder(), `w${index}`, '40']));
    const [killed, ...others] = workers;
    const seen: number[] = [];
    while (seen.length < 5) seen.push(Number(await killed?.nextLine()));
    killed?.child.kill('SIGKILL');
    expect((await killed?.exit)?.signal).toBe('SIGKILL');
    for (const { exit } of others) expect((await exit).exitCode).toBe(0);
    const ids = new Set((await make().readPayments()).map(({ id }) => id));
    const expected = others.flatMap((_, index) => Array.from({ length: 40 }, (__, entry) => `w${index + 1}-${entry}`));
    expect([...expected, ...seen.map((entry) => `w0-${entry}`)].filter((id) => !ids.has(id))).toEqual([]);
    const lines = readFileSync(file(), 'utf8').split('\n');
    expect(lines.filter((line) => line !== '').map((line) => (JSON.parse(line) as { id: string }).id)).toHaveLength(ids.size);
  }, 60_000);
});
