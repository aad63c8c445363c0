import { leadsToDatabase, partNamed } from './database-variables.js';

/** Keys that steer other systems than the app: an agent that finds one could reach past its worktree. */
const CONTROL_PLANE = [
  /^NEON_API_KEY$/,
  /^(GITHUB|GH|GITLAB|BITBUCKET|JIRA|ATLASSIAN|LINEAR)_.*(TOKEN|KEY|PAT|SECRET|PASSWORD)$/,
  /^(AWS|AZURE|ARM|GCP|GCLOUD|GOOGLE|CLOUDFLARE|CF|DIGITALOCEAN|DO|HEROKU|VERCEL|NETLIFY|FLY|RAILWAY|RENDER|SUPABASE|PLANETSCALE|TURSO|HCLOUD|SCW|OVH|LINODE|PULUMI|TF|TERRAFORM)_.*(TOKEN|KEY|KEYS|KEY_ID|SECRET|PASSWORD|CREDENTIALS?)(_|$)/,
  /^(GOOGLE_APPLICATION_CREDENTIALS|KUBECONFIG|DOCKER_AUTH_CONFIG|NPM_TOKEN|NODE_AUTH_TOKEN|NX_CLOUD_ACCESS_TOKEN|SSH_AUTH_SOCK|VAULT_TOKEN)$/,
  /^NX_.*ACCESS_TOKEN$/,
];
const DATABASE_KEYS =
  /^(DIRECT_URL|POSTGRES(QL)?_|PG[A-Z]+(_UNPOOLED|_POOLED|_NON_POOLING)?$|MYSQL_|MARIADB_|MONGO(DB)?_|REDIS_URL$|NEON_|(.*_)?(DB|DATABASE)_(URL|URI|DSN|DIRECT|UNPOOLED)(_|$))/;

/**
 * Which variables of the main worktree's env files may come along into a worktree: everything but keys to the control plane and whatever
 * leads to a database, since the only one that a worktree may use is its own.
 * @param databaseVariables names that the worktree gets a value of its own for
 */
export function carryRule(databaseVariables: readonly string[]): (name: string, value: string) => boolean {
  const own = new Set(databaseVariables);
  return (name, value) => {
    const upper = name.toUpperCase();
    if (own.has(name) || DATABASE_KEYS.test(upper) || partNamed(upper) !== null) return false;
    return !CONTROL_PLANE.some((pattern) => pattern.test(upper)) && !leadsToDatabase(value);
  };
}

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
