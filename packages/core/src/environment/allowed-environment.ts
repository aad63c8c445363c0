// Compared in upper case: Windows writes `Path`, and proxies are known in both cases.
const ALLOWED = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TERM',
  'TMPDIR',
  'TEMP',
  'TMP',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SYSTEMROOT',
  'COMSPEC',
  'PATHEXT',
  'WINDIR',
  'APPDATA',
  'LOCALAPPDATA',
  'USERPROFILE',
  'PROGRAMDATA',
]);
const ALLOWED_PREFIXES = ['LC_', 'XDG_'];

/**
 * What of our environment a process may see that runs code an agent wrote: where programs and files are, language, proxy; and the names
 * that the configuration adds. Tokens, keys and Nx's own variables are left behind because nothing lists them.
 */
export function allowedEnvironment(env: Readonly<Record<string, string>>, alsoAllowed: readonly string[] = []): Record<string, string> {
  const extra = new Set(alsoAllowed);
  const isAllowed = (name: string): boolean => {
    const upper = name.toUpperCase();
    return ALLOWED.has(upper) || extra.has(name) || ALLOWED_PREFIXES.some((prefix) => upper.startsWith(prefix));
  };
  return Object.fromEntries(Object.entries(env).filter(([name]) => isAllowed(name)));
}

/** Whether no user works beside us: `CI` is set, as CI systems do. `CI=false`, in any case of letters, is how users say no. */
export function isCi(env: Readonly<Record<string, string>>): boolean {
  return !['', '0', 'false'].includes((env['CI'] ?? '').toLowerCase());
}
