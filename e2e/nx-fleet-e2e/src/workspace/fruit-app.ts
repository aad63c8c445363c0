import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Workspace } from './workspace.js';

/** A small web shop, as a file of the workspace: it sells what the files of the work name, and keeps a log of what it was asked in HOME. */
const APP = `#!/usr/bin/env node
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
const work = () => readdirSync('.').filter((name) => name.startsWith('work-')).map((name) => readFileSync(name, 'utf8')).join('');
const log = (line) => appendFileSync(process.env.HOME + '/app.log', process.env.PORT + ' ' + line + '\\n');
log('started');
const server = createServer((request, response) => {
  log(request.method + ' ' + request.url);
  const isThere = request.url === '/' || request.url === '/fruit';
  response.writeHead(isThere ? 200 : 404, { 'content-type': 'text/plain' }).end(isThere ? work() : 'no such page');
});
// Readiness must be waited for.
setTimeout(() => server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('\\u001b[32msells at ' + process.env.PORT)), 500);
`;

export const APP_FILES: Readonly<Record<string, string>> = { 'tools/app.mjs': APP };
export const APP_OPTIONS = { serve: { command: ['node', 'tools/app.mjs'], readyUrl: 'http://127.0.0.1:{PORT}/' } } as const;

/** What the apps were asked, in order: `20010 GET /fruit`. */
export function appLog({ env }: Pick<Workspace, 'env'>): readonly string[] {
  const file = join(env['HOME'] ?? '', 'app.log');
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
}

/** The first port of an issue. */
export function portOf(workspace: Pick<Workspace, 'read'>, project: string): number {
  const { ports } = JSON.parse(workspace.read(`.nx-fleet/local/${project}.json`)) as { readonly ports: Readonly<Record<string, number>> };
  return ports['PORT'] ?? 0;
}
