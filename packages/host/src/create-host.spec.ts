import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { aStart } from '../../core/src/budget/ledger.contract.js';
import { useTemporaryFolder } from '../../system/src/testing/temporary-folder.js';
import { createHost, defaultRegistryDirectory } from './create-host.js';

describe('host', () => {
  const folder = useTemporaryFolder();
  const host = () =>
    createHost({ workspaceRoot: folder(), env: { NX_FLEET_HOME: path.join(folder(), 'home'), EMPTY: '', GONE: undefined } });

  it('has the environment that it was given, without what is undefined', () => {
    expect(host().env).toEqual({ NX_FLEET_HOME: path.join(folder(), 'home'), EMPTY: '' });
  });

  it('keeps the registry where the environment says', async () => {
    await host().registry.update(() => ({ allocations: [], result: null }));
    expect(await host().pathExists(path.join(folder(), 'home', 'registry', 'r1.json'))).toBe(true);
  });

  it('keeps state and artifacts in the main worktree', async () => {
    await host().state.writeLocal('issue-1', { worktree: '/w', ports: {}, database: null });
    await host().artifacts.write('issue-1', 'agent-plan', 'plan.md', 'plan');
    expect(await host().readFile(path.join(folder(), '.nx-fleet', 'local', 'issue-1.json'))).toContain('"/w"');
    expect(await host().readFile(path.join(folder(), '.nx-fleet', 'out', 'issue-1', 'agent-plan', 'plan.md'))).toBe('plan');
  });

  it('keeps what is of the repository in the main worktree, and artifacts and their locks where the command runs', async () => {
    const linked = createHost({ workspaceRoot: path.join(folder(), 'linked'), findMainWorktree: async () => folder(), env: {} });
    await linked.state.writeLocal('issue-1', { worktree: '/w', ports: {}, database: null });
    await linked.ledger.addPayment(aStart());
    await linked.artifacts.write('shop', 'agent-review', 'review.md', 'fine');
    const locks = await linked.exclusively('shop.agent-review', {
      act: () => linked.listDirectory(path.join(folder(), 'linked', '.nx-fleet', 'local', 'locks')),
      onWait: () => {},
    });
    expect(locks).toEqual(['shop.agent-review.lock']);
    expect(await host().state.readLocal('issue-1')).toMatchObject({ worktree: '/w' });
    expect(await host().ledger.readPayments()).toEqual([aStart()]);
    expect(await host().artifacts.read('shop', 'agent-review', 'review.md')).toBeNull();
    expect(await linked.artifacts.read('shop', 'agent-review', 'review.md')).toBe('fine');
    expect(await linked.listDirectory(path.join(folder(), 'linked', '.nx-fleet'))).toEqual(['local', 'out']);
  });

  it('looks for no main worktree before it is asked for what stands there', async () => {
    const lost = createHost({ workspaceRoot: folder(), findMainWorktree: () => Promise.reject(new Error('no repository')), env: {} });
    expect(await lost.artifacts.read('shop', 'agent-review', 'review.md')).toBeNull();
    await expect(lost.state.listProjects()).rejects.toThrow('no repository');
  });

  it('reads null for no file, and throws for a folder', async () => {
    writeFileSync(path.join(folder(), 'file'), '');
    expect(await host().readFile(path.join(folder(), 'none'))).toBeNull();
    expect(await host().readFile(path.join(folder(), 'file', 'below'))).toBeNull();
    await expect(host().readFile(folder())).rejects.toThrow('EISDIR');
  });

  it('sees files, folders and broken links', async () => {
    symlinkSync('nowhere', path.join(folder(), 'link'));
    expect(await host().pathExists(folder())).toBe(true);
    expect(await host().pathExists(path.join(folder(), 'link'))).toBe(true);
    expect(await host().pathExists(path.join(folder(), 'none'))).toBe(false);
  });

  it('sets variables in an env file for its owner only, and gives them back', async () => {
    const file = path.join(folder(), '.env.local');
    writeFileSync(file, '# mine\nPORT="1\n2"\nTOKEN=a\n', { mode: 0o644 });
    await host().writeEnvironment(file, { PORT: '20010', DATABASE_URL: '' });
    expect(await host().readEnvironment(file)).toEqual({ PORT: '20010', DATABASE_URL: '' });
    expect(await host().readFile(file)).toMatch(/^# mine\nTOKEN=a\n\n# >>> nx-fleet/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await host().readEnvironment(path.join(folder(), 'none'))).toEqual({});
  });

  it('lists names in a folder, sorted, and none where there is no folder', async () => {
    for (const name of ['b', 'a', '.c']) writeFileSync(path.join(folder(), name), '');
    expect(await host().listDirectory(folder())).toEqual(['.c', 'a', 'b']);
    expect(await host().listDirectory(path.join(folder(), 'none'))).toEqual([]);
  });

  it('discards a folder at once, and sweeps what is left of it', async () => {
    mkdirSync(path.join(folder(), 'a', 'b'), { recursive: true });
    await host().discardDirectory(path.join(folder(), 'a'));
    expect(await host().pathExists(path.join(folder(), 'a'))).toBe(false);
    await host().sweepDiscarded(folder());
    expect(await host().listDirectory(folder())).toEqual([]);
  });

  it('tells clones apart', async () => {
    expect(await host().cloneId(folder())).toBe(await host().cloneId(folder()));
  });

  it('knows the time', () => {
    expect(Math.abs(host().now().getTime() - Date.now())).toBeLessThan(60_000);
  });
});

describe('the default place of the registry', () => {
  it.each([
    [{ NX_FLEET_HOME: '/f', XDG_STATE_HOME: '/x', HOME: '/h' }, '/f/registry'],
    [{ XDG_STATE_HOME: '/x', HOME: '/h' }, '/x/nx-fleet/registry'],
    [{ HOME: '/h' }, '/h/.local/state/nx-fleet/registry'],
    [{ NX_FLEET_HOME: '', XDG_STATE_HOME: 'relative', HOME: '/h' }, '/h/.local/state/nx-fleet/registry'],
    [{}, path.join(homedir(), '.local/state/nx-fleet/registry')],
  ])('for %j is %s', (env, expected) => {
    expect(defaultRegistryDirectory(env)).toBe(expected);
  });
});
