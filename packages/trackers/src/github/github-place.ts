import { printableLine, type TrackerSettings, UserError } from '@nx-fleet/core';
import { type ApiNames, LOOPBACK, requireSafeUrl } from '../bounded-fetch.js';

export type GitHubSettings = Extract<TrackerSettings, { type: 'github' }>;

export interface GitHubPlace extends GitHubRepository {
  /** Hosts that users open this repository's issues on. */
  readonly webHosts: readonly string[];
}

/** How GitHub's API is called in an error. */
const GITHUB_API: ApiNames = {
  name: 'GitHub API',
  setting: '"tracker.apiUrl", or GITHUB_API_URL,',
  example: 'https://github.example.com/api/v3',
  token: 'GITHUB_TOKEN',
};

/** The repository and API that settings, environment and remote name, in this order. @throws UserError when no repository is named or the API is not safe to send a token to */
export function requireGitHubPlace(settings: GitHubSettings, env: Readonly<Record<string, string>>, remoteUrl: string | null): GitHubPlace {
  const remote = remoteUrl === null ? null : parseGitHubRemote(remoteUrl);
  const repository = settings.repository ?? remote?.repository;
  if (repository === undefined) {
    const seen = remoteUrl === null ? 'remote "origin" does not exist' : 'the remote "origin" is not a GitHub repository';
    throw new UserError(`No GitHub repository is known: ${seen}. Set "tracker" to { "type": "github", "repository": "owner/name" }.`);
  }
  const apiUrl = settings.apiUrl ?? (env['GITHUB_API_URL'] || remote?.apiUrl || 'https://api.github.com');
  const url = requireSafeUrl(apiUrl, GITHUB_API);
  return { repository, apiUrl: apiUrl.replace(/\/+$/, ''), webHosts: webHosts(url) };
}

function webHosts(url: URL): readonly string[] {
  const host = url.host.toLowerCase();
  if (host === 'api.github.com' || LOOPBACK.includes(url.hostname)) {
    return ['github.com', 'www.github.com', host];
  }
  return [host.replace(/^api\.(?=.*\.ghe\.com$)/, '')];
}

const NUMBER = /^(?:#|issue-|gh-)?([1-9]\d{0,9})$/i;
const ISSUE_PATH = /^\/([\w.-]+\/[\w.-]+)\/(issues|pull)\/([1-9]\d{0,9})\/?$/;

/** The number of the issue that a user typed: `42`, `#42`, its project `issue-42`, or its URL. @throws UserError when it is something else, or of another repository */
export function requireIssueNumber(reference: string, place: GitHubPlace): number {
  const typed = reference.trim();
  const [, plain] = NUMBER.exec(typed) ?? [];
  if (plain !== undefined) {
    return Number(plain);
  }
  const shown = printableLine(reference, 100);
  const issue = parseIssueUrl(typed);
  if (issue === null) {
    throw new UserError(
      `Issue "${shown}" is not a GitHub issue number. Give a number such as 42, or the URL of an issue of ${place.repository}.`,
    );
  }
  if (issue.repository.toLowerCase() !== place.repository.toLowerCase() || !place.webHosts.includes(issue.host)) {
    throw new UserError(`Issue "${shown}" is not of ${place.repository}. Give an issue of this repository, or set "tracker.repository".`);
  }
  return issue.number;
}

/** The issue that a URL of GitHub's web pages names, or null. */
export function parseIssueUrl(text: string): { readonly host: string; readonly repository: string; readonly number: number } | null {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    return null;
  }
  const { host, pathname } = new URL(text);
  const [, repository, , number] = ISSUE_PATH.exec(pathname) ?? [];
  return repository === undefined || number === undefined ? null : { host, repository, number: Number(number) };
}

/** Where a repository's issues are asked for. */
export interface GitHubRepository {
  /** `owner/name`. */
  readonly repository: string;
  /** Base URL of the REST API, without a slash at its end. */
  readonly apiUrl: string;
}

const SCP_FORM = /^(?:[^@/\s]+@)?([\w.-]+):(?!\/)(.+)$/;
const PATH = /^\/*([\w.-]+)\/([\w.-]+?)(?:\.git)?\/*$/;
const PROTOCOLS = ['https:', 'http:', 'ssh:', 'git:', 'git+ssh:'];
const OTHER_FORGES = ['gitlab.com', 'bitbucket.org', 'codeberg.org', 'dev.azure.com', 'ssh.dev.azure.com', 'git.sr.ht'];

/** The repository that a remote's URL names on github.com or on a GitHub Enterprise host, or null when it names none. */
export function parseGitHubRemote(url: string): GitHubRepository | null {
  const place = parsePlace(url.trim());
  const [, owner, name] = PATH.exec(place?.path ?? '') ?? [];
  if (!place || !owner || !name || /^\.+$/.test(owner) || /^\.+$/.test(name)) {
    return null;
  }
  const apiUrl = apiUrlOf(place.host.toLowerCase());
  return apiUrl === null ? null : { repository: `${owner}/${name}`, apiUrl };
}

function parsePlace(url: string): { readonly host: string; readonly path: string } | null {
  if (url.includes('://')) {
    if (!URL.canParse(url)) {
      return null;
    }
    const { protocol, host, hostname, pathname } = new URL(url);
    if (!PROTOCOLS.includes(protocol)) {
      return null;
    }
    return { host: protocol === 'https:' ? host : hostname, path: pathname };
  }
  const [, host, path] = SCP_FORM.exec(url) ?? [];
  return host === undefined || path === undefined ? null : { host, path };
}

function apiUrlOf(host: string): string | null {
  // `github.com-work` is the usual alias of a second account in ~/.ssh/config.
  if (['github.com', 'www.github.com', 'ssh.github.com'].includes(host) || /^github\.com-[\w-]+$/.test(host)) {
    return 'https://api.github.com';
  }
  if (!host.includes('.') || OTHER_FORGES.includes(host)) {
    return null;
  }
  // Enterprise Cloud with data residency serves its API from a host of its own.
  return host.endsWith('.ghe.com') ? `https://api.${host}` : `https://${host}/api/v3`;
}
