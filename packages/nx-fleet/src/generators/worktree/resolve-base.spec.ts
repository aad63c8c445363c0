import type { Git } from '@nx-fleet/core';
import { resolveBase } from './resolve-base.js';

/** Git that knows these revisions and this default branch. */
function git(commits: Readonly<Record<string, string>>, defaultBranch: string | null): Git {
  return {
    resolveCommit: async (revision: string) => commits[revision] ?? null,
    defaultBranch: async () => defaultBranch,
  } as unknown as Git;
}
const request = { base: undefined, defaultBase: undefined, manifests: [] };

describe('the commit to start from', () => {
  it('is the given one, and no other when that does not exist', async () => {
    const repository = git({ HEAD: 'h', 'origin/main': 'm', v1: 'one' }, 'origin/main');
    await expect(resolveBase({ ...request, base: 'v1' }, repository)).resolves.toBe('one');
    await expect(resolveBase({ ...request, base: 'v2' }, repository)).rejects.toThrow('"v2" is not a commit');
  });

  it('is the default branch that git knows, before what nx.json says', async () => {
    const repository = git({ HEAD: 'h', 'origin/trunk': 't', main: 'm' }, 'origin/trunk');
    await expect(resolveBase({ ...request, defaultBase: 'main' }, repository)).resolves.toBe('t');
  });

  it("is the remote's branch that nx.json names, when git does not know", async () => {
    await expect(resolveBase({ ...request, defaultBase: 'main' }, git({ HEAD: 'h', 'origin/main': 'o', main: 'm' }, null))).resolves.toBe(
      'o',
    );
    await expect(resolveBase({ ...request, defaultBase: 'main' }, git({ HEAD: 'h', main: 'm' }, null))).resolves.toBe('m');
  });

  it('is never guessed', async () => {
    await expect(resolveBase(request, git({ HEAD: 'h', main: 'm' }, null))).rejects.toThrow('The default branch is unknown');
    await expect(resolveBase(request, git({}, null))).rejects.toThrow('Make a first commit');
  });
});
