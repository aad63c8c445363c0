import type { AgentDefinition, Settings } from '@nx-fleet/core';

/** What a pipeline needs to run some agents. */
export interface AgentPrograms {
  /** For `npm install --global`, each with its version where it is one that we know. */
  readonly packages: readonly string[];
  /** Names of the secrets that the agents log in with. */
  readonly secrets: readonly string[];
  /** Names that agents ask for with `passEnv`: secrets, or plain variables such as a proxy. */
  readonly passed: readonly string[];
  /** Names that agents ask for, and that are not handed over: they are the pipeline's own. */
  readonly withheld: readonly string[];
  /** Whether Codex is one of them, whose sandbox needs user namespaces. */
  readonly hasCodex: boolean;
}

interface KnownPackage {
  readonly version: string;
  readonly secret: string;
}

/** The versions that nx-fleet is tested with, and the one variable that a pipeline logs in with. */
const KNOWN_PACKAGES: Readonly<Record<string, KnownPackage>> = {
  '@anthropic-ai/claude-code': { version: '2.1.330', secret: 'ANTHROPIC_API_KEY' },
  '@openai/codex': { version: '0.169.0', secret: 'CODEX_API_KEY' },
  'opencode-ai': { version: '1.18.33', secret: 'OPENCODE_API_KEY' },
  '@google/gemini-cli': { version: '0.61.0', secret: 'GEMINI_API_KEY' },
  '@github/copilot': { version: '1.0.102', secret: 'COPILOT_GITHUB_TOKEN' },
};

const PACKAGE_NAME = /^(?:@[\w.-]+\/)?[\w.-]+$/;
const VARIABLE_NAME = /^[A-Za-z_]\w*$/;
/** GitHub fills in `GITHUB_TOKEN` itself, with what the job may do; it reads names without regard to case. The others are for single steps. */
const OWN_VARIABLE = /^(?:GITHUB_|RUNNER_|ACTIONS_|NX_FLEET_|NX_SELF_HOSTED_REMOTE_CACHE_)/i;

/** What is installed and handed over, so that these agents run. */
export function agentPrograms({ agents }: Settings, names: readonly string[]): AgentPrograms {
  const definitions = names.flatMap((name) => agents.define[name] ?? []);
  const secrets = unique(definitions.flatMap(loginOf));
  const asked = unique(definitions.flatMap(passedTo)).filter((name) => VARIABLE_NAME.test(name) && !secrets.includes(name));
  return {
    packages: unique(definitions.flatMap(packagesOf)),
    secrets,
    passed: asked.filter((name) => !OWN_VARIABLE.test(name)),
    withheld: asked.filter((name) => OWN_VARIABLE.test(name)),
    hasCodex: definitions.some(({ type }) => type === 'codex'),
  };
}

function packagesOf(definition: AgentDefinition): readonly string[] {
  const name = packageOf(definition);
  if (name === undefined || !PACKAGE_NAME.test(name)) return [];
  const known = KNOWN_PACKAGES[name];
  return [known === undefined ? name : `${name}@${known.version}`];
}

/** Of a definition that names a program of its own, the workspace has to bring that program along. */
function packageOf(definition: AgentDefinition): string | undefined {
  switch (definition.type) {
    case 'claude':
      return definition.command === 'claude' ? '@anthropic-ai/claude-code' : undefined;
    case 'codex':
      return definition.command === 'codex' ? '@openai/codex' : undefined;
    case 'command':
      return definition.npmPackage;
  }
}

function loginOf(definition: AgentDefinition): readonly string[] {
  if (definition.type === 'claude') return ['ANTHROPIC_API_KEY'];
  if (definition.type === 'codex') return ['CODEX_API_KEY'];
  const secret = KNOWN_PACKAGES[definition.npmPackage ?? '']?.secret;
  return secret === undefined ? [] : [secret];
}

/** A preset's own list names all ways to log in: a pipeline has the one above. */
function passedTo(definition: AgentDefinition): readonly string[] {
  return definition.type === 'command' && Object.hasOwn(KNOWN_PACKAGES, definition.npmPackage ?? '') ? [] : definition.passEnv;
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}
