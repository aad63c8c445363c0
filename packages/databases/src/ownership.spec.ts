import { isOwnedBy, ownershipOf, parseOwnership, readOwnership } from './ownership.js';

const owner = { clone: 'c10ec10e', project: 'issue-42', generation: 'a1a1a1a1' };

describe('the marker beside a database branch', () => {
  it('is read back as it was written', () => {
    expect(readOwnership(ownershipOf(owner))).toEqual({ tool: 'nx-fleet', ...owner });
    expect(parseOwnership(JSON.stringify({ ...ownershipOf(owner), more: 1 }))).toEqual({ tool: 'nx-fleet', ...owner });
  });

  it('of an earlier version is read too', () => {
    const { generation, ...rest } = ownershipOf(owner);
    expect(readOwnership({ ...rest, incarnation: generation })).toEqual(ownershipOf(owner));
  });

  it.each([
    null,
    'nx-fleet',
    {},
    { ...owner },
    { ...owner, tool: 'other' },
    { tool: 'nx-fleet', clone: 'c10ec10e', project: 'issue-42' },
    { ...owner, tool: 'nx-fleet', clone: 7 },
  ])('is not %j', (value) => {
    expect(readOwnership(value)).toBeNull();
    expect(parseOwnership(JSON.stringify(value))).toBeNull();
  });

  it.each(['', 'The production database', '{"tool":'])('is not the text %j', (text) => {
    expect(parseOwnership(text)).toBeNull();
  });

  it('belongs to one project of one clone, whatever the generation', () => {
    const marker = ownershipOf(owner);
    expect(isOwnedBy(marker, { clone: 'c10ec10e', project: 'issue-42' })).toBe(true);
    expect(isOwnedBy(marker, { clone: 'd00dd00d', project: 'issue-42' })).toBe(false);
    expect(isOwnedBy(marker, { clone: 'c10ec10e', project: 'issue-43' })).toBe(false);
    expect(isOwnedBy(null, owner)).toBe(false);
  });
});
