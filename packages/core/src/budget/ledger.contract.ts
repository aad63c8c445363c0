import type { Hit, Ledger, PaymentEnd, PaymentStart } from './ledger.js';

export function aStart(change: Partial<PaymentStart> = {}): PaymentStart {
  const owner = { pid: 4711, startedAt: '1000' };
  const stage = { project: 'issue-42', target: 'agent-plan', key: 'key', agent: 'claude', model: 'opus' };
  return { kind: 'start', id: 'a', at: '2026-01-01T00:00:00.000Z', run: 'run-1', ...stage, owner, ...change };
}

export function anEnd(change: Partial<PaymentEnd> = {}): PaymentEnd {
  const usage = [{ model: 'opus', inputTokens: 10, cachedInputTokens: null, outputTokens: 2, costSource: null }];
  return { kind: 'end', id: 'a', at: '2026-01-01T00:01:00.000Z', ended: 'completed', costUsd: 0.25, costSource: 'agent', usage, ...change };
}

export function aHit(change: Partial<Hit> = {}): Hit {
  const stage = { project: 'issue-42', target: 'agent-plan', key: 'key' };
  return { at: '2026-01-02T00:00:00.000Z', run: 'run-2', ...stage, costUsd: 0.25, isInexact: false, ...change };
}

/** What any `Ledger` does. `make` gives an empty one. */
export function describeLedger(name: string, make: () => Ledger | Promise<Ledger>): void {
  describe(`${name}, as a ledger`, () => {
    it('is empty at first', async () => {
      const ledger = await make();
      expect([await ledger.readPayments(), await ledger.readHits()]).toEqual([[], []]);
    });

    it('keeps what is added, in its order', async () => {
      const ledger = await make();
      const entries = [aStart(), aStart({ id: 'b', model: null, key: null }), anEnd(), anEnd({ id: 'b', costUsd: null, costSource: null })];
      for (const entry of entries) await ledger.addPayment(entry);
      expect(await ledger.readPayments()).toEqual(entries);
    });

    it('keeps hits in a book of their own', async () => {
      const ledger = await make();
      const hits = [aHit(), aHit({ target: 'agent-review--codex', costUsd: null })];
      await ledger.addHits(hits);
      await ledger.addHits([]);
      expect([await ledger.readPayments(), await ledger.readHits()]).toEqual([[], hits]);
    });

    it('keeps any text whole', async () => {
      const ledger = await make();
      await ledger.addPayment(aStart({ model: 'a\nb\u2028"c" \u0000 ü' }));
      await ledger.addPayment(anEnd());
      expect(await ledger.readPayments()).toEqual([aStart({ model: 'a\nb\u2028"c" \u0000 ü' }), anEnd()]);
    });

    it('knows the command that it is used in', async () => {
      const ledger = await make();
      expect(ledger.run).not.toBe('');
      expect(ledger.run).toBe(ledger.run);
    });
  });
}
