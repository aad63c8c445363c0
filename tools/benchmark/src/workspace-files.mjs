import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FLOOR_PLUGIN } from './floor-plugin.mjs';

const FILES_PER_FOLDER = 50;
/** About 4 KB, as source files are. */
const LINES_PER_FILE = 100;

const AGENT = `#!/usr/bin/env node
import { readFileSync, writeFileSync } from 'node:fs';
if (process.argv[2] === '--version') { console.log('1.0.0'); process.exit(0); }
const verb = /You (plan the work|do the work|review a change)/.exec(readFileSync(0, 'utf8'))?.[1] ?? '';
const stage = { plan: 'plan', do: 'build', review: 'review' }[verb.split(' ')[0]];
if (stage === 'build') writeFileSync('work.txt', 'done');
const answers = {
  plan: { summary: 's', steps: [{ title: 't', detail: '', files: [] }], acceptance: [], projects: [], assumptions: [] },
  review: { verdict: 'approve', summary: 's', findings: [] },
};
console.log(JSON.stringify(answers[stage] ?? {}));
`;

/** A workspace with Markdown issues, tracked files, and the plugin that does nothing. @param {string} root */
export function writeWorkspace(root, { issues, files }) {
  for (const [file, text] of Object.entries(FLOOR_PLUGIN)) writeIn(root, `tools/floor/${file}`, text);
  writeIn(root, 'nx.json', JSON.stringify({ analytics: false, neverConnectToCloud: true, defaultBase: 'main', plugins: ['floor'] }));
  writeIn(root, '.gitignore', 'node_modules\n.nx\n.floor-out\n/data\n');
  writeIn(root, 'tools/agent.mjs', AGENT);
  chmodSync(join(root, 'tools/agent.mjs'), 0o755);
  writeSettings(root, {});
  for (let issue = 1; issue <= issues; issue++) {
    writeIn(root, `docs/issues/${issue}.md`, `# Issue ${issue}\n`);
    writeIn(root, `floor/${issue}/issue.json`, '{}');
  }
  for (let file = 0; file < files; file++) {
    writeIn(root, `src/${Math.floor(file / FILES_PER_FOLDER)}/file-${file}.txt`, contentOf(file));
  }
}

function contentOf(file) {
  return Array.from({ length: LINES_PER_FILE }, (_, line) => `export const value${line} = ${(file + 1) * (line + 7) * 7919};\n`).join('');
}

/** nx-fleet.json: a scripted agent, no checks, and what a measurement needs besides. */
export function writeSettings(root, settings) {
  const robot = { type: 'command', command: './tools/agent.mjs' };
  const agents = { writer: 'robot', reviewers: ['robot'], define: { robot } };
  writeIn(root, 'nx-fleet.json', `${JSON.stringify({ agents, checks: [], ...settings }, null, 2)}\n`);
}

export function writeIn(root, file, text) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}
