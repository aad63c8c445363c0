import type { Repository } from '../repository/repository.js';

/** URL of the remote `origin` without credentials, or null. */
export async function remoteUrl(repository: Repository): Promise<string | null> {
  const { exitCode, stdout } = await repository.inMain(['config', '--get', 'remote.origin.url'], { answers: [0, 1] });
  const url = stdout.replace(/\n$/, '');
  return exitCode === 0 && url !== '' ? withoutCredentials(url) : null;
}

/** Drops user, password and query of a URL; of an ssh address only the password, for its user is part of the place. */
export function withoutCredentials(url: string): string {
  const match = /^([a-z][a-z\d+.-]*:\/\/)([^/?#]*)(.*)$/is.exec(url);
  if (match === null) return url;
  const [, scheme = '', authority = '', rest = ''] = match;
  const at = authority.lastIndexOf('@');
  const user = authority.slice(0, Math.max(at, 0)).split(':')[0] ?? '';
  const isSsh = /^(?:git\+)?ssh(?:\+git)?:/i.test(scheme);
  const prefix = isSsh && user !== '' ? `${user}@` : '';
  return scheme + prefix + authority.slice(at + 1) + rest.replace(/[?#].*$/s, '');
}

/** A text of git without the users, passwords and queries of the URLs in it. */
export function withoutSecrets(text: string): string {
  return text.replace(/[a-z][a-z\d+.-]*:\/\/[^\s'"<>]+/gi, (url) => withoutCredentials(url));
}
