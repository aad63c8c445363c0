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
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SystemRoot',
  'SYSTEMROOT',
  'ComSpec',
  'COMSPEC',
  'PATHEXT',
  'WINDIR',
  'APPDATA',
  'LOCALAPPDATA',
  'USERPROFILE',
  'ProgramData',
]);
const ALLOWED_PREFIXES = ['LC_', 'XDG_'];

/**
 * What of our environment a process may see that runs code an agent wrote: where programs and files are, language, proxy; and the names
 * that the configuration adds. Tokens, keys and Nx's own variables are left behind because nothing lists them.
 */
export function allowedEnvironment(env: Readonly<Record<string, string>>, alsoAllowed: readonly string[] = []): Record<string, string> {
  const extra = new Set(alsoAllowed);
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => ALLOWED.has(name) || extra.has(name) || ALLOWED_PREFIXES.some((prefix) => name.startsWith(prefix)),
    ),
  );
}
