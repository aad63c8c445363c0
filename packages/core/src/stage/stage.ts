import type { z } from 'zod';
import type { Manifest } from '../manifest/manifest.js';
import type { PromptName } from '../prompt/render-prompt.js';
import type { Settings } from '../settings/settings.js';
import type { StageContext } from './stage-context.js';
import type { AgentStageSettings } from './stage-settings.js';
import { targetOf } from './targets.js';

/** The round of an issue that targets are asked for: 1 is what the build made, and each fix begins another one. */
export interface IssueRound {
  readonly manifest: Pick<Manifest, 'adopted'>;
  readonly settings: Settings;
  readonly round: number;
}

/** One Nx target of a stage. */
export interface StageTarget {
  readonly name: string;
  /** Whose it is, where each agent has its own. */
  readonly agent?: string;
  readonly dependsOn: readonly string[];
  readonly description: string;
  readonly options?: Readonly<Record<string, boolean>>;
}

/**
 * What is in a key besides the stage's options and its agent: the issue's text; what its branch starts from; what the issues that it waits for
 * hold; that it is done `again`; the version of node; whether the command asks for no fix; or a file of the tasks before it.
 */
export type StageInput = 'spec' | 'base' | 'blockers' | 'again' | 'node' | 'review-only' | { readonly artifact: string };

/** A file that a stage leaves for those after it. */
export interface Artifact<Content = unknown> {
  readonly file: string;
  readonly schema: z.ZodType<Content>;
}

interface AnyStage<Options extends object> {
  /** Of its executor, its folder here, and its page in the documentation. */
  readonly name: string;
  readonly target: string;
  /** Who does it now, each in a target of its own: `agent-build--claude`. */
  readonly agents?: (settings: Settings) => readonly string[];
  readonly targets: (at: IssueRound) => readonly StageTarget[];
  /** All that it takes of the options: what is cached has a digest of this object in its key, so nothing can be read that is not in it. */
  readonly settings: (all: Settings, agent: string) => Options;
  /** Null where no later stage reads what it leaves. */
  readonly artifact: Artifact | null;
  /** Whether `fleet:status` has a column for it, and waits for it on a branch that was adopted. */
  readonly column?: { readonly isOfAdopted: boolean };
  /** Whether a command that names it asks for fixes. */
  readonly isOfFix?: true;
  /** Runs until it is told to end. */
  readonly isContinuous?: true;
}

/** Makes a result, which is cached. */
interface Cached {
  readonly inputs: (settings: Settings) => readonly StageInput[];
  /** Reads what is stored as the stage after it does. @throws UserError when that one would refuse it */
  readonly requireStored: (context: StageContext) => Promise<unknown>;
}

/** Asks an agent, which is paid for. */
export interface AgentStage<Options extends AgentStageSettings = AgentStageSettings> extends AnyStage<Options>, Cached {
  readonly prompt: PromptName;
  /** Whether there may be nothing to ask, which shows only when it runs: a budget that is used up does not stop it before. */
  readonly mayAskNone?: true;
}

export interface CheckStage<Options extends object = object> extends AnyStage<Options>, Cached {
  readonly prompt: null;
}

/** Acts on this machine or only enforces something, and is never cached. */
export interface LocalStage<Options extends object = object> extends AnyStage<Options> {
  readonly prompt: null;
  readonly inputs: null;
}

export type Stage = AgentStage | CheckStage | LocalStage;

/** A target for each known agent, so that another choice of agents changes no other target's hash; in later rounds for those in use. */
export function targetPerAgent(
  stage: { readonly target: string; readonly agents: (settings: Settings) => readonly string[] },
  { settings, round }: IssueRound,
  describe: (agent: string) => Pick<StageTarget, 'dependsOn' | 'description'>,
): readonly StageTarget[] {
  const agents = round === 1 ? Object.keys(settings.agents.define).sort() : stage.agents(settings);
  return agents.map((agent) => ({ name: targetOf(stage.target, agent, round), agent, ...describe(agent) }));
}
