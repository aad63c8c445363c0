import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Starts a package registry on loopback: our package is its own, all others come through the machine's registry.
 * `directory` holds `.npmrc` and the storage.
 * @returns {Promise<{ url: string, directory: string, stop: () => Promise<void> }>}
 */
export async function startRegistry() {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), 'nx-fleet-registry-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const upstream = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8', cwd: directory }).trim();
  writeFileSync(join(directory, 'config.yaml'), registryConfig(upstream));
  writeFileSync(
    join(directory, '.npmrc'),
    `registry=${url}/\n//127.0.0.1:${port}/:_authToken=none\nfund=false\naudit=false\nupdate-notifier=false\n`,
  );
  const program = createRequire(import.meta.url).resolve('verdaccio/bin/verdaccio');
  const child = spawn(process.execPath, [program, '--config', join(directory, 'config.yaml'), '--listen', `127.0.0.1:${port}`], {
    stdio: 'ignore',
    env: { ...networkEnvironment(), PATH: process.env.PATH ?? '', HOME: directory },
  });
  await untilAnswering(url, child);
  return {
    url,
    directory,
    stop: async () => {
      await ended(child);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** What this machine needs to reach its registry: a proxy, a certificate authority. */
function networkEnvironment() {
  const names = ['NODE_EXTRA_CA_CERTS', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];
  return Object.fromEntries(names.filter((name) => process.env[name] !== undefined).map((name) => [name, process.env[name]]));
}

function registryConfig(upstream) {
  return `storage: ./storage
uplinks:
  upstream:
    url: ${upstream}
    maxage: 60m
packages:
  'nx-fleet':
    access: $all
    publish: $all
  '**':
    access: $all
    proxy: upstream
max_body_size: 100mb
log: { type: stdout, format: json, level: fatal }
`;
}

async function untilAnswering(url, child) {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (child.exitCode !== null) throw new Error(`the registry ended with exit code ${child.exitCode}`);
    const isUp = await fetch(`${url}/-/ping`).then(
      (response) => response.ok,
      () => false,
    );
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the registry did not answer within 30 s');
}

async function ended(child) {
  if (child.exitCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await exit;
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
