import { createFakeHost } from './fake-host.js';
import { UserError } from '../errors/user-error.js';
import { describeRegistry } from './registry.contract.js';

const command = { file: 'npm', args: ['test'], cwd: '/repo', env: {} };

describe('fake host', () => {
  it('answers commands, records them and passes their lines on', async () => {
    const lines: string[] = [];
    const host = createFakeHost({ commands: () => ({ exitCode: 1, stdout: 'a\nb\n', stderr: 'c' }) });
    const result = await host.commands.run({ ...command, onLine: (line, stream) => lines.push(`${stream} ${line}`) });
    expect(result).toMatchObject({ ended: 'exited', exitCode: 1, stdout: 'a\nb\n' });
    expect(lines).toEqual(['stdout a', 'stdout b', 'stderr c']);
    expect(host.commandLog.map(({ file, args }) => [file, ...args])).toEqual([['npm', 'test']]);
  });

  it('runs nothing when the signal is aborted', async () => {
    const host = createFakeHost();
    expect((await host.commands.run({ ...command, signal: AbortSignal.abort() })).ended).toBe('cancelled');
    expect(host.commandLog).toEqual([]);
  });

  it('keeps state and artifacts among its files, and removes an issue with all that is its', async () => {
    const host = createFakeHost();
    const manifest = {
      version: 1,
      project: 'issue-4',
      title: 'Four',
      branch: 'issue/4',
      base: 'a'.repeat(40),
      round: 1,
      blockedBy: [],
      tracker: { type: 'markdown', reference: '4', url: null },
    } as const;
    await host.state.writeIssue('issue-4', { ...manifest, blockedBy: [] }, '# Four\n');
    await host.state.writeLocal('issue-4', { worktree: '/w', ports: { PORT: 20000 }, database: null });
    await host.artifacts.write('issue-4', 'agent-plan', 'plan.json', '{}');
    expect(await host.state.readManifest('issue-4')).toEqual(manifest);
    expect(await host.state.listProjects()).toEqual(['issue-4']);
    expect(await host.readFile(`${host.artifacts.directory('issue-4', 'agent-plan')}/plan.json`)).toBe('{}');
    await host.state.removeIssue('issue-4');
    expect([...host.files]).toEqual([]);
  });

  it('refuses a manifest that is none', async () => {
    const host = createFakeHost({ files: { '/repo/.nx-fleet/issues/issue-4/issue.json': '{}' } });
    await expect(host.state.readManifest('issue-4')).rejects.toThrow(UserError);
  });
});

describeRegistry('fake host', () => createFakeHost().registry);
