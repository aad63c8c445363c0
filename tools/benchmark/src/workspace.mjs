import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FLOOR_PLUGIN } from './floor-plugin.mjs';

const AGENT = `#!/usr/bin/env node
import { readFileSync, writeFileSync } from 'node:fs';
if (process.argv[2] === '--version') { console.log('1.0.0'); process.exit(0); }
const stage = /\\[\\[stage:(\\w+)\\]\\]/.exec(readFileSync(0, 'utf8'))?.[1];
if (stage === 'build') writeFileSync('work.txt', 'done');
const answers = {
  plan: { summary: 's', steps: [{ title: 't', detail: '', files: [] }], acceptance: [], projects: [], assumptions: [] },
  review: { verdict: 'approve', summary: 's', findings: [] },
};
console.log(JSON.stringify(answers[stage] ?? {}));
`;

/** A workspace with `issues` Markdown issues, `files` tracked files, our packages from the registry, and the package that does nothing. */
export function createWorkspace({ registry, issues, files, nxVersion }) {
  const parent = mkdtempSync(join(realpathSync(tmpdir()), 'nx-fleet-benchmark-'));
  const root = join(parent, 'shop');
  const write = (file, text) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  const env = {
    PATH: process.env.PATH,
    HOME: parent,
    NX_FLEET_HOME: join(parent, 'fleet'),
    NX_DAEMON: 'false',
    NX_TUI: 'false',
    CI: 'true',
    FORCE_COLOR: '0',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
    npm_config_userconfig: join(registry.directory, '.npmrc'),
    npm_config_registry: registry.url,
  };
  const run = (file, args) => {
    const { status, stdout, stderr } = spawnSync(file, args, { cwd: root, env, encoding: 'utf8', maxBuffer: 64 << 20 });
    if (status !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${status}\n${stdout}\n${stderr}`);
  };
  for (const [file, text] of Object.entries(FLOOR_PLUGIN)) write(`tools/floor/${file}`, text);
  write(
    'package.json',
    JSON.stringify({
      name: 'shop',
      version: '0.0.0',
      private: true,
      workspaces: ['tools/*'],
      devDependencies: { floor: '*', nx: nxVersion, '@nx/devkit': nxVersion, 'nx-fleet': '*' },
    }),
  );
  write('nx.json', JSON.stringify({ analytics: false, neverConnectToCloud: true, plugins: ['floor'] }));
  write('.gitignore', 'node_modules\n.nx\n.floor-out\n');
  write('tools/agent.mjs', AGENT);
  chmodSync(join(root, 'tools/agent.mjs'), 0o755);
  const program = { type: 'command', command: './tools/agent.mjs' };
  write('nx-fleet.json', JSON.stringify({ agents: { writer: 'robot', reviewers: ['robot'], define: { robot: program } }, checks: [] }));
  for (let issue = 1; issue <= issues; issue++) {
    write(`docs/issues/${issue}.md`, `# Issue ${issue}\n`);
    write(`floor/${issue}/issue.json`, '{}');
  }
  for (let file = 0; file < files; file++) write(`src/${Math.floor(file / 50)}/file-${file}.txt`, `content of ${file}\n`);
  run('git', ['init', '-q', '-b', 'main']);
  run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts']);
  run('npx', ['nx', 'g', 'nx-fleet:init']);
  run('git', ['add', '-A']);
  run('git', ['commit', '-qm', 'first']);
  return { parent, root, run };
}
