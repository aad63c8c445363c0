import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { createHost, defaultRegistryDirectory } from './create-host.js';
import { useTemporaryFolder } from './testing/temporary-folder.js';

describe('host', () => {
  const folder = useTemporaryFolder();
  const host = () =>
    createHost({ mainWorktree: folder(), env: { NX_FLEET_HOME: path.join(folder(), 'home'), EMPTY: '', GONE: undefined } });

  it('has the environment that it was given, without what is undefined', () => {
    expect(host().env).toEqual({ NX_FLEET_HOME: path.join(folder(), 'home'), EMPTY: '' });
  });

  it('keeps the registry where the environment says', async () => {
    await host().registry.update(() => ({ allocations: [], result: null }));
    expect(await host().pathExists(path.join(folder(), 'home', 'registry', 'r1.json'))).toBe(true);
  });

  it('keeps state and artefacts in the main worktree', async () => {
    await host().state.writeLocal('issue-1', { worktree: '/w', ports: {}, database: null });
    await host().artefacts.write('issue-1', 'agent-plan', 'plan.md', 'plan');
    expect(await host().readFile(path.join(folder(), '.nx-fleet', 'local', 'issue-1.json'))).toContain('"/w"');
    expect(await host().readFile(path.join(folder(), '.nx-fleet', 'out', 'issue-1', 'agent-plan', 'plan.md'))).toBe('plan');
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
