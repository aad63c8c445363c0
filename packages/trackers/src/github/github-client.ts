import { createGitHubRequest, type GitHubAnswer, type GitHubRequestOptions } from './github-request.js';

export interface GitHubClient {
  fetchIssue(number: number): Promise<GitHubAnswer>;
  /** What GitHub's own issue dependencies hold for an issue. */
  fetchBlockers(number: number): Promise<GitHubAnswer>;
  fetchPullRequest(number: number): Promise<GitHubAnswer>;
  /** Open, merged and closed ones of a branch of the repository's owner, newest first, a hundred at most. */
  fetchPullRequests(branch: string): Promise<GitHubAnswer>;
}

/** What we ask of GitHub about the issues and pull requests of one repository. */
export function createGitHubClient(options: GitHubRequestOptions): GitHubClient {
  const [owner = ''] = options.place.repository.split('/');
  const request = createGitHubRequest(options);
  const get = (route: string, parameters: Readonly<Record<string, number | string>>): Promise<GitHubAnswer> =>
    request(`GET /repos/{owner}/{repo}${route}`, parameters);
  return {
    fetchIssue: (number) => get('/issues/{number}', { number }),
    fetchBlockers: (number) => get('/issues/{number}/dependencies/blocked_by', { number, per_page: 100 }),
    fetchPullRequest: (number) => get('/pulls/{number}', { number }),
    fetchPullRequests: (branch) =>
      get('/pulls', { state: 'all', head: `${owner}:${branch}`, sort: 'created', direction: 'desc', per_page: 100 }),
  };
}
