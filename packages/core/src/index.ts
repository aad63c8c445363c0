export { UserError } from './errors/user-error.js';
export { count } from './text/count.js';
export { parseJson } from './artifact/artifact-store.js';
export { printable, printableLine } from './text/printable.js';
export { createLineRedactor, createRedactor, findSecrets } from './text/redact.js';
export { slug } from './text/names.js';
export { withoutCommands } from './text/printable.js';
export { issueBranch, issueId, issueProject, renderSpec, type Issue } from './issue/issue.js';
export type { PullRequest, Tracker } from './tracker/tracker.js';
export type {
  ChangedFile,
  TreeFile,
  CommitSummary,
  Git,
  LineCounts,
  MergeOutcome,
  RepositoryLocation,
  RepositoryWatch,
  Snapshot,
  SnapshotRequest,
  WatchRequest,
  WorkScope,
  WorktreeEntry,
} from './git/git.js';
export type { Command, CommandResult, CommandRunner } from './host/command.js';
export type {
  ExclusiveWork,
  BackgroundCommand,
  DependencyOutcome,
  DependencyRequest,
  DependencySafety,
  Host,
  IncludeOutcome,
  IncludeRequest,
  RunningProcess,
} from './host/host.js';
export { type Allocation, type ProcessIdentity, type Registry, type RegistryChange, type Spare, describeProcess } from './host/registry.js';
export { withScratchFolder, type ProcessEnd, type ScratchFolder, type ScratchFolders } from './host/command.js';
export type { ArtifactStore } from './artifact/artifact-store.js';
export type { StateStore } from './manifest/manifest.js';
export { programFiles } from './stage/read-in-snapshot.js';
export { readManifests } from './manifest/manifest.js';
export { MANIFEST_VERSION, manifestSchema, type Manifest } from './manifest/manifest.js';
export { localStateSchema, type LocalState } from './manifest/manifest.js';
export type { Database, DatabaseBranch, DatabaseBranchRequest, DatabaseOwner, OwnedDatabaseBranch } from './database/database.js';
export type { Accounting, Agent, AgentOutcome, AgentRequest, CostSource, ModelUsage, Tier } from './agent/agent.js';
export { describeCost, describeCount, leastExactSource } from './agent/run-record.js';
export {
  settingsSchema,
  type CommandLine,
  type DatabaseSettings,
  type Settings,
  type SettingsInput,
  type TrackerSettings,
} from './settings/settings.js';
export type { AgentDefinition } from './settings/agent-definition.js';
export type { AgentsSettings } from './settings/agent-settings.js';
export { parseSettings, type SettingsSource } from './settings/parse-settings.js';
export { allowedEnvironment } from './environment/allowed-environment.js';
export { namesDatabase, ownPartNamed, partNamed, parseDatabaseUrl, joinDatabaseUrl } from './environment/database-variables.js';
export { isCi } from './environment/allowed-environment.js';
export { commandText, commandWords } from './check/command-words.js';
export { planWorktree, type WorktreePlan, type WorktreeRequest } from './worktree/plan-worktree.js';
export { assertAcyclic } from './worktree/plan-worktree.js';
export { provisionWorktree, type ProvisionedWorktree, type ProvisionRequest } from './worktree/provision-worktree.js';
export { planRemoval, type RemovalAdapters, type RemovalPlan } from './worktree/plan-removal.js';
export { removeWorktree, type RemoveRequest } from './worktree/remove-worktree.js';
export type { Merge } from './worktree/commits-at-risk.js';
export { databaseOwner, type WorktreeAdapters, type DetailSink } from './worktree/worktree-work.js';
export { refillSpares, type SpareRequest } from './worktree/spares.js';
export { describeChecks, outcomeText, type Check } from './check/check-result.js';
export { TASKS_VARIABLE, tasksNote } from './check/check-result.js';
export { resetDatabase } from './worktree/reset-database.js';
export {
  examineFleet,
  lastingProblems,
  repairFleet,
  type Problem,
  type ProblemReport,
  type ExamineContext,
} from './doctor/examine-fleet.js';
export { releaseAbsentRepository } from './doctor/absent-repositories.js';
export { expireBackups, listBackups, moveEarlierBackups, restoreBackup, type KeptWork } from './doctor/backups.js';
export { PROMPT_NAMES, renderPrompt, type PromptName } from './prompt/render-prompt.js';
export {
  BUILD_TARGET,
  CHANGES_TARGET,
  DELIVER_TARGET,
  parseTarget,
  PUBLISH_TARGET,
  REVIEW_TARGET,
  VALIDATE_TARGET,
  targetOf,
} from './stage/targets.js';
export { STAGE_VERSION, stageLimits, type AgentStageSettings } from './stage/stage-settings.js';
export type { Stage, StageInput } from './stage/stage.js';
export { findStage, STAGES, targetsOfIssue, type IssueTarget } from './stages/stages.js';
export { PLAN } from './stages/plan/plan.stage.js';
export { BUILD } from './stages/build/build.stage.js';
export { CHECKOUT } from './stages/checkout/checkout.stage.js';
export { VALIDATE } from './stages/validate/validate.stage.js';
export { REVIEW } from './stages/review/review.stage.js';
export { GATE } from './stages/gate/gate.stage.js';
export { SERVE } from './stages/serve/serve.stage.js';
export { E2E } from './stages/e2e/e2e.stage.js';
export { FIX } from './stages/fix/fix.stage.js';
export { CHECKOUT_FIX } from './stages/checkout-fix/checkout-fix.stage.js';
export { DELIVER } from './stages/deliver/deliver.stage.js';
export type { StageContext } from './stage/stage-context.js';
export { isFinished } from './stage/stage-recorder.js';
export { planIssue } from './stages/plan/plan-issue.js';
export type { Plan } from './stages/plan/plan-artifact.js';
export { buildIssue } from './stages/build/build-issue.js';
export type { Build } from './stages/build/build-artifact.js';
export { checkoutBuild } from './stages/checkout/checkout-build.js';
export { validateIssue } from './stages/validate/validate-issue.js';
export type { AppAccess, AppAnswer, AppRequest } from './stages/serve/app-state.js';
export { serveIssue } from './stages/serve/serve-issue.js';
export { e2eIssue } from './stages/e2e/e2e-issue.js';
export { reviewIssue } from './stages/review/review-change.js';
export { fixIssue } from './stages/fix/fix-issue.js';
export { checkoutFix } from './stages/checkout-fix/checkout-fix.js';
export { deliverIssue } from './stages/deliver/deliver-issue.js';
export type { Fix } from './stages/fix/fix-artifact.js';
export { type GateSettings, gateProject, gateReview } from './stages/gate/gate-change.js';
export { requireProjectResult, reviewProject, type ProjectReviewRequest } from './stages/review/review-project.js';
export { changeFile, readChange, storeChanges, type ChangesIndex } from './changes/changes-artifact.js';
export { requireChanges } from './changes/changes-artifact.js';
export { findChanges, type ChangesRequest } from './changes/find-changes.js';
export type { WorkspaceProject } from './changes/project-parts.js';
export type { Review } from './review/review.js';
export type { Finding, Severity } from './review/finding.js';
export { place } from './review/render-verdict.js';
export { describeUnread } from './review/unread-files.js';
export { artifactSchemas } from './review/artifact-schemas.js';
export { blockingCount, type Verdict } from './review/verdict.js';
export { readAgentRuns, type AgentRun } from './budget/spending.js';
export type { Ledger } from './budget/ledger.js';
export { hitSchema, paymentSchema, type Hit, type Payment } from './budget/ledger.js';
export { meteredAgent, type Meter } from './budget/metered-agent.js';
export { noteHits, type FleetTask } from './budget/note-hits.js';
export { projectBudgets, type BudgetsSettings } from './settings/section-settings.js';
export { requireBudget, type BudgetContext, type PayingStage } from './budget/require-budget.js';
export { formatSpending, formatUsd, type Spending } from './budget/spending.js';
export { costReport, type CostReport } from './report/cost-report.js';
export type { Cost } from './report/cost.js';
export { parseSince } from './report/cost-report.js';
export { fleetStatus, type IssueStatus, type StageStatus } from './status/fleet-status.js';
export { adoptOrCreateBranch } from './worktree/adopt-branch.js';
export { applyIgnores, IGNORE_FILE, parseIgnores, type Ignore } from './review/ignore-file.js';
export type { CommentOutcome } from './publish/review-comments.js';
export { publishReview, type PublishContext, type Publication } from './publish/publish-review.js';
export type { OwnComment, ReviewComments, ReviewPlace, ReviewThread } from './publish/review-comments.js';
export type { Reply } from './publish/read-replies.js';
export { blockingFindings, type ReportFinding, type ReviewReport } from './publish/review-report.js';
export { workflowAnnotations } from './publish/workflow-annotations.js';
