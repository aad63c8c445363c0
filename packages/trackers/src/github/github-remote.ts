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
