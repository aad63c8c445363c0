import { printableLine, UserError, type DatabaseSettings } from '@nx-fleet/core';

export type NeonSettings = Extract<DatabaseSettings, { type: 'neon' }>;

/** Where and as whom the API is called. */
export interface NeonAccount {
  readonly apiUrl: string;
  readonly projectId: string;
  /** Secret. */
  readonly key: string;
  readonly isLoopback: boolean;
}

/** The account that settings and environment name. @throws UserError */
export function requireAccount(settings: NeonSettings, env: Readonly<Record<string, string>>): NeonAccount {
  const isLoopback = isLoopbackHost(new URL(settings.apiUrl).hostname);
  if (!isLoopback && !settings.apiUrl.startsWith('https:')) {
    throw new UserError(
      `The API "${printableLine(settings.apiUrl)}" would get the Neon key unencrypted. Set "database.apiUrl" to one of https.`,
    );
  }
  return { apiUrl: settings.apiUrl, projectId: requireProjectId(settings, env), key: requireKey(env), isLoopback };
}

/** Whether a URL's host is this machine. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function requireKey(env: Readonly<Record<string, string>>): string {
  const key = env['NEON_API_KEY'] ?? '';
  if (key === '') {
    throw new UserError('The environment variable "NEON_API_KEY" is not set. Make a key in the Neon console, and set it.');
  }
  if (!/^[\u0021-\u007E]+$/.test(key)) {
    throw new UserError('The environment variable "NEON_API_KEY" holds spaces or other characters that a key cannot have. Set it again.');
  }
  return key;
}

function requireProjectId(settings: NeonSettings, env: Readonly<Record<string, string>>): string {
  const projectId = settings.projectId ?? env['NEON_PROJECT_ID'] ?? '';
  if (projectId === '') {
    throw new UserError('No Neon project is named. Set "database.projectId", or the environment variable "NEON_PROJECT_ID".');
  }
  if (!/^[a-z0-9-]{1,60}$/.test(projectId)) {
    throw new UserError(
      `"${printableLine(projectId)}" is not the id of a Neon project, such as "spring-example-302709". Copy it from the project's settings.`,
    );
  }
  return projectId;
}
