import type { Agent, AgentOutcome, AgentRequest } from '../agent/agent.js';
import type { FakeGitOptions } from '../git/fake-git.js';
import type { CommandResult } from '../host/command.js';
import type { FakeHostOptions } from '../host/fake-host.js';
import { parseSettings } from '../settings/parse-settings.js';
import type { SettingsInput } from '../settings/settings.js';
import { anIssue, createFakeFleet, planInFleet, provisionRequest, type FakeFleet } from '../worktree/fleet.contract.js';
import { provisionWorktree } from '../worktree/provision-worktree.js';
import type { Plan } from '../stages/plan/plan-artifact.js';
import type { StageContext } from './stage-context.js';
import { stageLimits, type AgentStageSettings } from './stage-settings.js';
import { BUILD, type BuildStageSettings } from '../stages/build/build.stage.js';
import { FIX, type FixStageSettings } from '../stages/fix/fix.stage.js';
import { PLAN } from '../stages/plan/plan.stage.js';
import { REVIEW, type ReviewStageSettings } from '../stages/review/review.stage.js';
import { VALIDATE, type ValidateStageSettings } from '../stages/validate/validate.stage.js';
import { writeApproved } from '../stages/build/build-base.js';
import { writeCheckout } from '../branch/checkout-artifact.js';
import { BUILD_TARGET, DELIVER_TARGET, FIX_TARGET, PLAN_TARGET, REVIEW_TARGET, targetOf, VALIDATE_TARGET } from './targets.js';

/** What a scripted agent does when it is asked: an answer, or another outcome. */
export type AgentScript = (
  request: AgentRequest,
  fleet: FakeFleet,
  asked: number,
) => string | AgentOutcome | Promise<string | AgentOutcome>;

export interface StagedOptions extends FakeHostOptions {
  readonly git?: FakeGitOptions;
  readonly agent?: AgentScript;
  readonly options?: SettingsInput;
}

export interface StagedIssue extends FakeFleet {
  readonly worktree: string;
  readonly branchRef: string;
  /** What the agents were asked, in order. */
  readonly requests: AgentRequest[];
  /** How long was waited, in milliseconds; nobody really waits. */
  readonly waits: number[];
  readonly settings: {
    plan: AgentStageSettings;
    build: BuildStageSettings;
    validate: ValidateStageSettings;
    review: ReviewStageSettings;
    fix: FixStageSettings;
  };
  context(target: string, project?: string): StageContext;
  out(target: string, file: string): string | null;
}

export const WRITTEN = targetOf(BUILD_TARGET, 'claude');
export const REVIEWED = targetOf(REVIEW_TARGET, 'codex');
export { BUILD_TARGET, FIX_TARGET, PLAN_TARGET, REVIEW_TARGET, VALIDATE_TARGET };

export const aPlan: Plan = {
  summary: 'Do it.',
  steps: [{ title: 'One', detail: '', files: [] }],
  acceptance: [],
  projects: [],
  assumptions: [],
};

/** An issue with a ready worktree and a plan, on a machine in memory, with agents that follow a script. */
export async function stageIssue(options: StagedOptions = {}): Promise<StagedIssue> {
  const fleet = createFakeFleet(options);
  const requests: AgentRequest[] = [];
  const waits: number[] = [];
  const settings = parseSettings([{ file: 'nx.json', value: { checks: ['lint', 'test --base={base}'], ...options.options } }]);
  const { local } = await provisionWorktree(provisionRequest(await planInFleet(fleet), fleet, options.options), fleet);
  await fleet.host.artifacts.write('issue-42', PLAN_TARGET, 'plan.json', JSON.stringify(aPlan));
  const agent = (name: string): Agent => ({
    name,
    detect: async () => ({ version: '1.2.3' }),
    run: async (request) => {
      requests.push(request);
      request.onTranscript('{"raw":true}');
      const said = await options.agent?.(request, fleet, requests.length);
      return typeof said === 'object' ? said : { kind: 'completed', answer: said ?? '', usage: [], costUsd: null };
    },
  });
  return {
    ...fleet,
    worktree: local.worktree,
    branchRef: 'refs/heads/issue/42-dark-mode',
    requests,
    waits,
    settings: {
      plan: PLAN.settings(settings, ''),
      build: BUILD.settings(settings, 'claude'),
      validate: VALIDATE.settings(settings, ''),
      review: REVIEW.settings(settings, 'codex'),
      fix: FIX.settings(settings, 'claude'),
    },
    context: (target, project = 'issue-42') => ({
      project,
      target,
      key: 'key',
      recipe: null,
      limits: stageLimits(settings),
      git: fleet.git,
      host: fleet.host,
      database: fleet.database,
      provisioning: settings,
      agent,
      prompt: async (name) =>
        ({
          plan: 'PLAN {{spec}}',
          build: 'BUILD {{spec}} {{plan}} {{failures}}',
          review: 'REVIEW {{spec}} {{diff}} {{checks}}',
          fix: 'FIX {{spec}} {{findings}} {{failures}}',
          e2e: 'E2E {{spec}} {{checks}} {{exchanges}}',
        })[name],
      onProgress: (line) => fleet.progress.push(line),
      matchesGlob: (path, pattern) => `/${path}`.endsWith(`/${pattern}`),
      onDetail: (line) => fleet.progress.push(line),
      sleep: async (milliseconds) => void waits.push(milliseconds),
    }),
    out: (target, file) => fleet.host.files.get(`/repo/.nx-fleet/out/issue-42/${target}/${file}`) ?? null,
  };
}

/** What `agent-build` leaves once the branch is brought here. @param base @default the first commit */
export async function storeCheckout(issue: StagedIssue, base = issue.git.root): Promise<void> {
  await writeCheckout({ base, head: issue.git.refs.get(issue.branchRef) ?? base, build: null }, issue.context(BUILD_TARGET));
}

/** What `agent-deliver` leaves of an issue that is approved as it is. */
export async function storeApproved(issue: StagedIssue, project: string): Promise<void> {
  const context = issue.context(DELIVER_TARGET, project);
  const manifest = await issue.host.state.readManifest(project);
  const head = issue.git.refs.get(`refs/heads/${manifest?.branch ?? ''}`) ?? '';
  await writeApproved(await writeCheckout({ base: manifest?.base ?? '', head, build: null }, context), context);
}

/** A second issue that waits for the first, or that the first one shall wait for. */
export async function addIssue(staged: StagedIssue, reference: string, blockedBy: readonly string[] = []): Promise<void> {
  const plan = await planInFleet(staged, anIssue({ reference, title: `Issue ${reference}`, blockedBy }));
  await provisionWorktree(provisionRequest(plan, staged), staged);
  await staged.host.artifacts.write(`issue-${reference}`, PLAN_TARGET, 'plan.json', JSON.stringify(aPlan));
}

/** A writer that sets one file. */
export function writes(path: string, text: (asked: number) => string = String): AgentScript {
  return (request, { git }, asked) => {
    git.filesIn(request.cwd).set(path, text(asked));
    return 'Done.';
  };
}

export function failedCheck(output: string): Partial<CommandResult> {
  return { exitCode: 1, stdout: output };
}
