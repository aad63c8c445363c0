import { printableLine, UserError } from '@nx-fleet/core';

export const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/** How an API is called in an error. */
export interface ApiNames {
  readonly name: string;
  /** Where its URL comes from. */
  readonly setting: string;
  readonly example: string;
  /** The variable that its token belongs into. */
  readonly token: string;
}

/** The URL of an API that a token may be sent to. @throws UserError when it is none, holds a password, or is not https */
export function requireSafeUrl(apiUrl: string, { name, setting, example, token }: ApiNames): URL {
  const url = URL.canParse(apiUrl) ? new URL(apiUrl) : null;
  if (url === null)
    throw new UserError(`${name} URL "${printableLine(apiUrl)}" is not a URL. Set ${setting} to something like "${example}".`);
  if (url.username !== '' || url.password !== '')
    throw new UserError(`The ${name} URL holds a user name or a password. Take it out, and put the token into ${token}.`);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.includes(url.hostname)))
    throw new UserError(`${name} URL "${printableLine(apiUrl)}" is not https: a token would travel readable. Use https.`);
  return url;
}
