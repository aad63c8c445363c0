/** Whether a file's name says that it holds variables: `.env`, `.env.test`, `local.env`, `.dev.vars`. */
export function isEnvFile(name: string): boolean {
  return (
    /^\.?env([._-]|$)|\.env$|^\.(?:flaskenv|dev\.vars)/i.test(name) &&
    !isExample(name) &&
    !/\.(?:[cm]?[jt]sx?|json|md|ya?ml|toml|py|sh)$/i.test(name)
  );
}

/** Whether a file is an example of an env file, without real values. */
export function isExample(name: string): boolean {
  return /[._-](?:example|sample|template|tmpl|tpl|dist|defaults?)(?:[._-]|$)/i.test(name);
}

/**
 * The env file that Nx, Vite and Next.js let win over a committed one, and that teams ignore: `.env.test.local` for `.env.test`, `.env.local` for
 * `.env`. Null for a file that is one itself.
 */
export function localSibling(path: string): string | null {
  const [, folder = '', name = ''] = /^(.*\/)?([^/]*)$/.exec(path) ?? [];
  if (/^\.env\.(?:.*\.)?local$/.test(name)) return null;
  // Nx reads `.test.env` too, after `.env.test`.
  const part = /^\.env(?:\.(.+))?$/.exec(name)?.[1] ?? /^\.(.+)\.env$/.exec(name)?.[1]?.replace(/\.?local$/, '') ?? '';
  return `${folder}.env${part === '' ? '' : `.${part}`}.local`;
}
