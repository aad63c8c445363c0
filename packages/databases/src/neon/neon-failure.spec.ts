import { inspect } from 'node:util';
import { neonFailure } from './neon-failure.js';

const same = (text: string): string => text;

function clientError(response: unknown, more: Record<string, unknown> = {}): Error {
  return Object.assign(new Error('made up'), { config: { headers: { Authorization: 'Bearer napi_secret' } }, response, ...more });
}

describe('a failure of Neon', () => {
  it('keeps status, code, message and request id of an answer, and nothing else', () => {
    const failure = neonFailure(
      clientError({ status: 422, data: { code: 'LIMIT', message: 'too\u001B[31m many\nbranches', request_id: 'r-1' } }),
      same,
    );
    expect(failure.message).toBe('Neon answered 422 "too many branches" (LIMIT, request r-1)');
    expect({ ...failure }).toEqual({ code: 'LIMIT', name: 'NeonFailure', requestId: 'r-1', retryAfterMs: 0, status: 422 });
    expect(failure.cause).toBeUndefined();
    expect(inspect(failure, { depth: Infinity, showHidden: true })).not.toContain('napi_secret');
  });

  it('repeats neither the key nor a password in a URL', () => {
    const message = 'no way to postgresql://owner:p/w:x@host.example/db with napi_secret';
    const failure = neonFailure(clientError({ status: 400, data: { message } }), (text) => text.replaceAll('napi_secret', '***'));
    expect(failure.message).toBe('Neon answered 400 "no way to postgresql://owner:***@host.example/db with ***"');
  });

  it.each([undefined, null, '', '<html>', [], { message: 7 }, { code: null }])('takes the body %j for none', (data) => {
    expect(neonFailure(clientError({ status: 502, data }), same).message).toBe('Neon answered 502');
  });

  it.each([
    [clientError(undefined, { code: 'ECONNRESET' }), 'Neon gave no answer (ECONNRESET)'],
    [clientError(undefined), 'Neon gave no answer (no code)'],
    ['text', 'Neon gave no answer (no code)'],
    [null, 'Neon gave no answer (no code)'],
  ])('is told without an answer: %#', (error, message) => {
    const failure = neonFailure(error, same);
    expect(failure.message).toBe(message);
    expect(failure.status).toBeNull();
    expect(failure.isUnknownOutcome).toBe(true);
  });

  it.each([
    ['0', 0],
    ['7', 7_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['soon', 0],
    ['-3', 0],
  ])('reads Retry-After %j as %d ms', (header, delayMs) => {
    const failure = neonFailure(clientError({ status: 429, data: {}, headers: { 'retry-after': header } }), same);
    expect(failure.retryAfterMs).toBe(delayMs);
  });

  it('reads a date in Retry-After', () => {
    const header = new Date(Date.now() + 60_000).toUTCString();
    const { retryAfterMs } = neonFailure(clientError({ status: 503, data: {}, headers: { 'retry-after': header } }), same);
    expect(retryAfterMs).toBeGreaterThan(50_000);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
  });

  it.each([
    [423, true, false],
    [429, true, false],
    [503, true, false],
    [500, false, true],
    [502, false, true],
    [504, false, true],
    [400, false, false],
    [409, false, false],
    [422, false, false],
  ])('%d: refused for now %s, outcome unknown %s', (status, isRefusedForNow, isUnknownOutcome) => {
    expect(neonFailure(clientError({ status, data: {} }), same)).toMatchObject({ isRefusedForNow, isUnknownOutcome });
  });
});
