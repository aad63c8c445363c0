import { devNull } from 'node:os';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The caller's git variables that say who commits, where the user's configuration is, and where to stop looking for a repository. */
const KEPT_VARIABLES: ReadonlySet<string> = new Set([
  'GIT_AUTHOR_NAME',
  'GIT_AUTHOR_EMAIL',
  'GIT_COMMITTER_NAME',
  'GIT_COMMITTER_EMAIL',
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_SYSTEM',
  'GIT_CONFIG_NOSYSTEM',
  'GIT_CEILING_DIRECTORIES',
  'GIT_LFS_SKIP_SMUDGE',
]);

/** The caller's git variables that say how to reach a remote and who one is there. */
const NETWORK_VARIABLES =
  /^(?:GIT_SSH|GIT_SSH_COMMAND|GIT_SSH_VARIANT|GIT_ASKPASS|SSH_ASKPASS|GIT_PROXY_.*|GIT_SSL_.*|GIT_HTTP_.*|GIT_ALLOW_PROTOCOL|GIT_PROTOCOL|GIT_CONFIG_(?:COUNT|PARAMETERS|KEY_\d+|VALUE_\d+))$/;

// No command of nx-fleet opens an editor, a pager or a prompt.
const INTERACTIVE_VARIABLES: ReadonlySet<string> = new Set(['EDITOR', 'VISUAL', 'PAGER', 'PREFIX', 'SSH_ASKPASS']);

/** What git gets of the caller's environment: no repository, index or object store of somebody else, no prompt, English messages, replaced objects shown as they are. */
export function gitEnvironment(environment: Environment): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    const upperCase = name.toUpperCase();
    const foreign = upperCase.startsWith('GIT_') ? !KEPT_VARIABLES.has(upperCase) : INTERACTIVE_VARIABLES.has(upperCase);
    if (value !== undefined && !foreign) kept[name] = value;
  }
  return {
    ...kept,
    LC_ALL: 'C',
    LANGUAGE: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
  };
}

/** What commands that may ask a remote get besides: the user's SSH, proxies, certificates and helpers for credentials, as in the user's own git. */
export function networkVariables(environment: Environment): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && NETWORK_VARIABLES.test(name.toUpperCase())) kept[name] = value;
  }
  return kept;
}

/** Variables that shut out the user's and the machine's configuration. */
export const NO_CONFIGURATION: Readonly<Record<string, string>> = {
  GIT_CONFIG_GLOBAL: devNull,
  GIT_CONFIG_SYSTEM: devNull,
  GIT_CONFIG_NOSYSTEM: '1',
};

/** Author and committer of what no person wrote; `date` as git reads it, such as `@946684800 +0000`. */
export function fleetIdentity(date?: string): Record<string, string> {
  const dates = date === undefined ? {} : { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  return {
    GIT_AUTHOR_NAME: 'nx-fleet',
    GIT_AUTHOR_EMAIL: 'nx-fleet@localhost',
    GIT_COMMITTER_NAME: 'nx-fleet',
    GIT_COMMITTER_EMAIL: 'nx-fleet@localhost',
    ...dates,
  };
}
