import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NEWEST_NX } from './versions.js';
import { agentCalls, callLog } from './workspace/agent-calls.js';
import type { Finished } from './workspace/processes.js';
import { SCRIPTED_FILES, scriptedOptions } from './workspace/scripted-agents.js';
import { createFleet, succeed, type Workspace } from './workspace/workspace.js';

const TOKEN = 'ghp_thisIsTheSecretOfThisSuite0123456789';
const ISSUE = {
  number: 7,
  title: 'Seven limes',
  body: 'Limes.',
  state: 'open',
  html_url: 'https://github.com/acme/shop/issues/7',
  repository_url: 'https://api.github.com/repos/acme/shop',
};
const ANSWERS: Readonly<Record<string, { readonly status: number; readonly body: unknown }>> = {
  '/repos/acme/shop/issues/7': { status: 200, body: ISSUE },
  '/repos/acme/shop/issues/7/dependencies/blocked_by': { status: 200, body: [] },
  '/repos/acme/shop/issues/9': { status: 401, body: { message: 'Bad credentials' } },
};

describe('issues of GitHub', () => {
  let server: Server;
  let workspace: Workspace;
  const authorizations: (string | undefined)[] = [];
  const outputs: string[] = [];
  const nx = async (...args: string[]): Promise<Finished> => {
    const finished = await workspace.startNx(args, { env: { ...callLog(workspace), GITHUB_TOKEN: TOKEN } }).finished;
    outputs.push(finished.output);
    return finished;
  };

  beforeAll(async () => {
    server = createServer((request, response) => {
      authorizations.push(request.headers.authorization);
      const { status, body } = ANSWERS[request.url?.split('?')[0] ?? ''] ?? { status: 404, body: { message: 'Not Found' } };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const tracker = { type: 'github', repository: 'acme/shop', apiUrl };
    workspace = await createFleet({ ...NEWEST_NX, files: { ...SCRIPTED_FILES, 'nx-fleet.json': scriptedOptions({ tracker }) } });
  });

  afterAll(async () => {
    workspace.remove();
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  });

  it('become worktrees and reviewed changes', async () => {
    await succeed(nx('g', 'worktree', '--issue=7'));
    expect(JSON.parse(workspace.read('.nx-fleet/issues/issue-7/issue.json'))).toMatchObject({
      title: 'Seven limes',
      branch: 'issue/7-seven-limes',
      tracker: { type: 'github', reference: '7', url: 'https://github.com/acme/shop/issues/7' },
    });
    expect(workspace.read('.nx-fleet/issues/issue-7/spec.md')).toBe('# Seven limes\n\nLimes.\n');
    const reviewed = await succeed(nx('run', 'issue-7:agent-review'));
    expect(reviewed.output).toContain('Verdict: approved');
    expect(await workspace.git('log', '-1', '--format=%b', 'issue/7-seven-limes')).toBe('Issue: https://github.com/acme/shop/issues/7');
  });

  it.each([
    ['8', 'Issue "8" of acme/shop could not be read: GitHub answered 404. It does not exist, or the token cannot see it'],
    ['9', 'Issue "9" of acme/shop could not be read: GitHub answered 401, the token is not valid.'],
  ])('that cannot be read (%s) are refused with status and advice', async (issue, message) => {
    const refused = await nx('g', 'worktree', `--issue=${issue}`);
    expect(refused.exitCode).not.toBe(0);
    expect(refused.output).toContain(message);
  });

  it('never show the token: GitHub gets it, and no agent, output or file', async () => {
    expect(authorizations.length).toBeGreaterThan(3);
    expect(new Set(authorizations)).toEqual(new Set([`token ${TOKEN}`]));
    expect(agentCalls(workspace).length).toBe(3);
    expect(agentCalls(workspace).filter(({ env }) => 'GITHUB_TOKEN' in env)).toEqual([]);
    expect(outputs.filter((output) => output.includes(TOKEN))).toEqual([]);
    const filesWith = (text: string): Promise<Finished> => workspace.run('grep', ['-rlF', text, workspace.folder]);
    expect(await filesWith('Seven limes')).toMatchObject({ exitCode: 0 });
    expect(await filesWith(TOKEN)).toMatchObject({ exitCode: 1, output: '' });
  });
});
