import { stageOfPrompt } from './prompt-stage.js';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NEWEST_NX } from '../versions.js';
import { startLoopbackModel, type LoopbackModel, type ModelRequest } from './loopback-model.js';
import type { Finished } from './processes.js';
import { SCRIPTED_FILES, scriptedOptions } from './scripted-agents.js';
import { createWorkspace, initialize, succeed, type Workspace } from './workspace.js';

/** The programs that play the agents; `tools/agent-clis` says how to have the real ones. */
export interface AgentPrograms {
  /** False for scripted stand-ins with the same options and events. */
  readonly real: boolean;
  readonly claude: string;
  readonly codex: string;
}

const TOOL = join(import.meta.dirname, '../../../../tools/agent-clis/run.mjs');

export const PROGRAMS = JSON.parse(execFileSync(process.execPath, [TOOL, 'where'], { encoding: 'utf8' })) as AgentPrograms;

/** For titles: which programs a run was made with. */
export const PLAYED_BY = PROGRAMS.real ? 'the real Claude Code and Codex' : 'stand-ins for Claude Code and Codex, which are not installed';

export type AgentName = 'claude' | 'codex';

export interface AgentRoles {
  readonly writer: AgentName;
  /** @default the writer */
  readonly planner?: AgentName;
  readonly reviewers: readonly string[];
}

export interface AgentWorkspace {
  readonly workspace: Workspace;
  readonly model: LoopbackModel;
  /** An Nx command with the agents' fake logins, where the model is and nothing else can be reached. */
  nx(...args: string[]): Promise<Finished>;
  remove(): Promise<void>;
}

export interface AgentWorkspaceRequest extends AgentRoles {
  /** Text of the issues, by their number. */
  readonly issues: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  /** Replaces other options. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Variables that Nx is started with, besides the logins. */
  readonly env?: Readonly<Record<string, string>>;
  /** More agents by name. */
  readonly define?: Readonly<Record<string, object>>;
}

/** A workspace with issues, of which each has its worktree, and with agents that talk to a model of ours. */
export async function createAgentWorkspace({ issues, files, env: more, ...request }: AgentWorkspaceRequest): Promise<AgentWorkspace> {
  const issueFiles = Object.entries(issues).map(([id, text]) => [`docs/issues/${id}.md`, text]);
  const workspace = await createWorkspace({
    ...NEWEST_NX,
    files: {
      'tools/check.mjs': SCRIPTED_FILES['tools/check.mjs'] ?? '',
      'nx-fleet.json': agentOptions(request),
      ...files,
      ...(Object.fromEntries(issueFiles) as Record<string, string>),
    },
  });
  const model = await startLoopbackModel(workspace.folder);
  try {
    const env = { ...logins(workspace, model), ...more };
    initialize(workspace);
    await workspace.git('add', '-A');
    await workspace.git('commit', '-qm', 'first');
    await succeed(workspace.nx('g', 'worktree', `--issue=${Object.keys(issues).join(',')}`));
    const remove = async (): Promise<void> => {
      await model.stop();
      workspace.remove();
    };
    const nx = async (...args: string[]): Promise<Finished> => {
      const [file, ...words] = model.inside(join(workspace.root, 'node_modules/.bin/nx'), args);
      return workspace.run(file, words, { env });
    };
    return { workspace, model, nx, remove };
  } catch (error) {
    await model.stop();
    throw error;
  }
}

export function agentOptions({ options, define, ...roles }: Omit<AgentWorkspaceRequest, 'issues' | 'files' | 'env'>): string {
  // Without it, Claude Code refuses root.
  const claude = { type: 'claude', command: PROGRAMS.claude, models: MODELS, passEnv: ['IS_SANDBOX'] };
  const codex = { type: 'codex', command: PROGRAMS.codex };
  return scriptedOptions({ agents: { ...roles, define: { claude, codex, ...define } }, ...options });
}

const MODELS = { light: 'haiku', standard: 'sonnet', strong: 'opus' };

/** Fake logins, and a Codex that asks our model: its own provider would try a WebSocket first. */
function logins({ folder }: Workspace, { url }: LoopbackModel): Record<string, string> {
  const codexHome = join(folder, 'home/.codex');
  mkdirSync(codexHome, { recursive: true });
  const provider = `[model_providers.loopback]\nname = "loopback"\nbase_url = "${url}/v1"\nwire_api = "responses"\nenv_key = "OPENAI_API_KEY"\n`;
  const retries = 'request_max_retries = 1\nstream_max_retries = 1\n';
  writeFileSync(join(codexHome, 'config.toml'), `model = "gpt-5.5"\nmodel_provider = "loopback"\n${provider}${retries}`);
  return {
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_API_KEY: 'sk-ant-loopback-0123456789',
    OPENAI_API_KEY: 'sk-loopback-0123456789',
    CODEX_HOME: codexHome,
    IS_SANDBOX: '1',
  };
}

/** The stage that a request was made in, as our prompt's first words say it. */
export function stageOf({ text }: ModelRequest): string {
  return stageOfPrompt(text);
}
