import { UserError, type CommandRunner } from '@nx-fleet/core';

const NAMES = ['GITHUB_TOKEN', 'GH_TOKEN'] as const;
/** What `gh` needs to find its own login, and nothing else. */
const GH_ENVIRONMENT = ['PATH', 'HOME', 'XDG_CONFIG_HOME', 'GH_CONFIG_DIR'] as const;
const GH_TIMEOUT_MS = 10_000;
const TOKEN = /^[\x21-\x7E]+$/;

interface TokenSource {
  readonly env: Readonly<Record<string, string>>;
  readonly commands: CommandRunner;
  readonly cwd: string;
  /** The host that `gh` is asked about: `github.com`. */
  readonly host: string;
}

/** The token of the environment, else that of `gh`, else null: GitHub is then asked anonymously. @throws UserError when a variable holds no possible token */
export async function findGitHubToken(source: TokenSource): Promise<string | null> {
  for (const name of NAMES) {
    const token = source.env[name]?.trim();
    if (token) {
      if (!TOKEN.test(token)) {
        throw new UserError(`"${name}" holds characters that a token cannot have. Set it again, or unset it.`);
      }
      return token;
    }
  }
  const result = await source.commands.run({
    file: 'gh',
    args: ['auth', 'token', '--hostname', source.host],
    cwd: source.cwd,
    env: Object.fromEntries(GH_ENVIRONMENT.flatMap((name) => (source.env[name] === undefined ? [] : [[name, source.env[name]]]))),
    timeoutMs: GH_TIMEOUT_MS,
  });
  const token = result.stdout.trim();
  return result.ended === 'exited' && result.exitCode === 0 && TOKEN.test(token) ? token : null;
}
