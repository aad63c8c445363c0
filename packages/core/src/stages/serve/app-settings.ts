import { UserError } from '../../errors/user-error.js';
import type { LocalState } from '../../manifest/manifest.js';
import type { CommandLine, Settings } from '../../settings/settings.js';

/** What an app is started with, as far as its behaviour depends on it. Ports are not part of it: they differ between machines. */
export interface AppSettings {
  readonly command: CommandLine;
  /** With the names of ports in it: `http://localhost:{PORT}`. */
  readonly url: string;
  /** Null: ready once something listens. */
  readonly readyUrl: string | null;
  readonly passEnv: readonly string[];
}

/** @throws UserError when no app is configured */
export function appSettings({ serve }: Settings): AppSettings {
  if (serve === undefined)
    throw new UserError('No app is configured. Set the command that starts it: "serve": { "command": "npm start" }.');
  const { command, url, readyUrl, passEnv } = serve;
  return { command, url, readyUrl: readyUrl ?? null, passEnv };
}

/** How long an app may take to be ready, in milliseconds. */
export function readyTimeoutMs({ serve }: Settings): number {
  return (serve?.readySeconds ?? 0) * 1_000;
}

/** Ports by the names that `{…}` may hold, as text. `{port}` is the first one. */
export function portNames({ ports }: Pick<LocalState, 'ports'>): Readonly<Record<string, string>> {
  const named = Object.entries(ports).map(([name, port]) => [name, String(port)]);
  return Object.fromEntries([...named, ...named.slice(0, 1).map(([, port]) => ['port', port])]);
}

/** A configured URL on an issue's own ports. @throws UserError for an unknown port, or when it is none of this machine */
export function appUrl(template: string, local: Pick<LocalState, 'ports'>): string {
  const names = portNames(local);
  const url = template.replace(/\{(\w+)\}/g, (token, name: string) => {
    const port = Object.hasOwn(names, name) ? names[name] : undefined;
    if (port !== undefined) return port;
    throw new UserError(
      `"${template}" names ${token}, which is not a port of this issue. Its ports: ${Object.keys(names).join(', ') || 'none'}.`,
    );
  });
  if (isLocal(url)) return new URL(url).href;
  throw new UserError(`"${template}" must be an http or https URL on localhost, such as http://localhost:{PORT}.`);
}

function isLocal(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return /^https?:$/.test(protocol) && /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

/** The port that a URL leads to. */
export function readPort(url: string): number {
  const { port, protocol } = new URL(url);
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}
