import { aFinding } from '../review/finding.contract.js';
import { parseState, remember, renderState, type RememberedFinding } from './comment-state.js';

function remembered(change: Partial<RememberedFinding> = {}): RememberedFinding {
  return { ...remember({ ...aFinding(), project: 'shop', fingerprint: 'a'.repeat(12), earlier: [] }), ...change };
}

const HOSTILE = ['-->', '--!>', '<!-- nx-fleet state {} -->', '@ada #12 GH-3', '" \\ \n \ud800', '\\u003c!--', '& &lt;', '----'];

describe('what a comment remembers', () => {
  it.each(HOSTILE)('comes back as it went, with %j in it', (text) => {
    const findings = [remembered({ title: text, body: text, file: text })];
    const state = renderState(findings, 10_000);
    expect(parseState(`Text --> and more\n${state}\n`)).toEqual(findings);
    expect(state).toMatch(/^<!-- nx-fleet state [^<>@#&\n]* -->$/);
    expect(state.slice(4, -3)).not.toContain('--');
  });

  it('is read from the comment of an earlier version', () => {
    const state = renderState([remembered()], 10_000);
    expect(parseState(state.replace('"category":', '"lens":'))).toEqual([remembered()]);
  });

  it('is nothing where there is no state, or one that was tampered with', () => {
    const state = renderState([remembered()], 10_000);
    const bad = ['', 'no state', state.replace('"version":1', '"version":2'), state.replace('"shop"', '7'), state.slice(0, -9)];
    expect(bad.map(parseState)).toEqual([[], [], [], [], []]);
  });

  it('loses bodies first and the last findings then, where room is short', () => {
    const findings = Array.from({ length: 40 }, (_, index) => remembered({ title: `Fault ${index}`, body: 'x'.repeat(200) }));
    const bodiless = parseState(renderState(findings, 12_000));
    expect([bodiless.length, bodiless[0]?.body]).toEqual([40, '']);
    const few = renderState(findings, 3_000);
    expect(few.length).toBeLessThanOrEqual(3_000);
    expect(parseState(few).map(({ title }) => title)).toEqual(findings.slice(0, parseState(few).length).map(({ title }) => title));
    expect(parseState(few).length).toBeGreaterThan(5);
  });

  it('holds each text in one printable line', () => {
    const kept = remember({
      ...aFinding({ body: `a\u001b[2Jb\n${'x'.repeat(900)}` }),
      project: 'shop',
      fingerprint: 'a'.repeat(12),
      earlier: [],
    });
    expect(kept.body).toMatch(/^ab x{190,}…$/);
  });
});
