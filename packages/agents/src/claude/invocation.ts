import type { AgentRequest } from '@nx-fleet/core';
import type { Invocation } from '../agent-process.js';

/** Names of the variables that hold Claude Code's login. Cloud providers' own names come through `passEnv`. */
export const CLAUDE_LOGIN_NAMES: readonly string[] = [
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_AUTH_TOKEN',
  'ANTHROPIC_BASE_URL',
  'CLAUDE_CODE_OAUTH_TOKEN',
  'CLAUDE_CONFIG_DIR',
  'CLAUDE_CODE_USE_BEDROCK',
  'CLAUDE_CODE_USE_VERTEX',
];

/** No traffic besides the model's, no memory of other sessions, refusals as events, few retries: a stage can be run again. */
export const CLAUDE_SWITCHES: Readonly<Record<string, string>> = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  DISABLE_TELEMETRY: '1',
  DISABLE_ERROR_REPORTING: '1',
  DISABLE_AUTOUPDATER: '1',
  CLAUDE_CODE_DISABLE_AUTO_MEMORY: '1',
  CLAUDE_CODE_STARTUP_FAILURE_RESULTS: '1',
  CLAUDE_CODE_MAX_RETRIES: '4',
};

const SETTINGS = JSON.stringify({
  permissions: { deny: ['Read(./.env*)', 'Read(./**/.env*)'] },
  disableAllHooks: true,
});

// An allow rule for Bash would open what the read-only classifier closes: `git diff --output=FILE` writes anywhere.
// The rules in a repository's own settings can do the same once the user trusts it, so a reader loads none.
const READ_ONLY = ['--permission-mode', 'dontAsk', '--tools', 'Read,Grep,Glob,Bash', '--setting-sources', ''];
const WRITER = ['--permission-mode', 'acceptEdits', '--tools', 'Read,Edit,Write,Grep,Glob,Bash,Skill', '--setting-sources', 'project'];

/** The command line of `claude -p`; the prompt goes to standard input, where it may be longer than an argument. */
export function planClaudeInvocation(request: AgentRequest): Invocation {
  const { model, answerSchema } = request;
  return {
    args: [
      '-p',
      '--output-format',
      'stream-json',
      '--verbose',
      ...(model === null ? [] : ['--model', model]),
      ...(request.readOnly ? READ_ONLY : WRITER),
      '--strict-mcp-config',
      '--no-session-persistence',
      '--settings',
      SETTINGS,
      ...(answerSchema === undefined ? [] : ['--json-schema', JSON.stringify(answerSchema)]),
    ],
    input: request.prompt,
  };
}
