import { UserError, type TrackerSettings } from '@nx-fleet/core';
import { LOOPBACK, requireSafeUrl, type ApiNames } from '../safe-url.js';
import { parseGitHubRemote, type GitHubRepository } from './github-remote.js';

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
