import {
  issueId,
  issueProject,
  type Manifest,
  type Merge,
  planRemoval,
  type RemovalAdapters,
  type RemovalPlan,
  type RemoveRequest,
  removeWorktree,
  UserError,
} from '@nx-fleet/core';
import type { GeneratorCallback, Tree } from '@nx/devkit';
import pLimit from 'p-limit';
import type { LimitFunction } from 'p-limit';
import { pullRequestLookup } from './pull-requests.js';
import type { RemoveWorktreeGeneratorSchema } from './schema.js';
import { type Adapters, createAdapters } from '../../adapters.js';
import { requireMainWorktree } from '../../main-worktree.js';
import { log } from '../../report/log.js';
import { allSucceeded, reportGenerator } from '../../report/report.js';
import { readSettings } from '../../settings/read-settings.js';
import { projectNamed } from '../project-named.js';
import { issueReferences } from '../worktree/normalize-options.js';

interface Removal {
  readonly plan: RemovalPlan;
  readonly request: RemoveRequest;
}

/** `nx g remove-worktree --issue=42`: shows what goes, refuses when work would be lost, and removes in the callback, which `--dry-run` leaves out. */
export async function removeWorktreeGenerator(
  tree: Tree,
  options: RemoveWorktreeGeneratorSchema,
  adapters?: Adapters,
): Promise<GeneratorCallback> {
  return reportGenerator(async () => {
    const settings = readSettings(tree.root);
    const created = adapters ?? createAdapters(tree.root, settings);
    await requireMainWorktree(tree.root, created);
    const acting: RemovalAdapters = { ...created, pullRequestsOf: pullRequestLookup(settings, created) };
    const location = await created.git.locate();
    const limit = pLimit(settings.worktrees.parallel);
    const look = (project: string, together: readonly string[]): Promise<Removal> =>
      limit(async () => {
        const onProgress = (line: string): void => log.info(`${project.padEnd(16)} ${line}`);
        const request = { project, together, location, settings, force: options.force ?? false, onProgress };
        return { plan: await planRemoval(request, acting), request };
      });
    const lookAtAll = (together: readonly string[]): Promise<readonly Removal[]> =>
      Promise.all(together.map((project) => look(project, together)));
    const projects = await projectsToRemove(options, acting);
    const isChoosy = options.merged === true && options.issue === undefined;
    const removals = isChoosy ? await chooseMerged(projects, lookAtAll) : await lookAtAll(projects);
    for (const { plan, request } of removals) request.onProgress(describe(plan));
    requireNoLosses(removals);
    if (removals.length === 0) log.info('Nothing to remove.');
    return () => reportGenerator(() => removeAll(removals, acting, limit));
  });
}

async function projectsToRemove({ issue, merged }: RemoveWorktreeGeneratorSchema, { host }: RemovalAdapters): Promise<readonly string[]> {
  const references = issue === undefined ? [] : issueReferences(issue);
  if (references.length > 0) {
    const known = await host.state.listProjects();
    return references.map((reference) => projectNamed(issueProject(issueId(withoutFolder(reference))), known));
  }
  if (merged === true && issue === undefined) return host.state.listProjects();
  throw new UserError('No issue is given. Name at least one: nx g remove-worktree --issue=42; or all that are merged: --merged');
}

/** Those that go. When some stay, the others are looked at again: one of those may wait for one of these. */
async function chooseMerged(
  projects: readonly string[],
  lookAtAll: (together: readonly string[]) => Promise<readonly Removal[]>,
): Promise<readonly Removal[]> {
  const removals = await lookAtAll(projects);
  const going = removals.filter(({ plan, request }) => {
    const reason = reasonToStay(plan, request);
    if (reason !== null) request.onProgress(`stays: ${reason}`);
    return reason === null;
  });
  if (going.length === removals.length) return removals;
  const left = going.map(({ request }) => request.project);
  return chooseMerged(left, lookAtAll);
}

/** Among many, one that holds something more than what was merged does not keep the user from removing the others. */
function reasonToStay({ merge, losses }: RemovalPlan, { force }: RemoveRequest): string | null {
  if (merge === null || merge.kind === 'open') return 'its work is not merged';
  return losses.length === 0 || force ? null : losses.join('; ');
}

function describe({ allocation, here, losses, merge }: RemovalPlan): string {
  const place = here ? 'the checkout stays' : (allocation?.worktree ?? 'no worktree');
  return [place, ...mergeWords(merge), ...(losses.length === 0 ? [] : [losses.join('; ')])].join(': ');
}

function mergeWords(merge: Merge | null): readonly string[] {
  if (merge?.kind === 'ancestor') return [`merged into ${merge.into}`];
  if (merge?.kind === 'equivalent') return [`its change is in ${merge.into}`];
  return merge?.kind === 'pull-request' ? [`pull request ${merge.pullRequest.number} is merged`] : [];
}

function requireNoLosses(removals: readonly Removal[]): void {
  const refused = removals.filter(({ plan, request }) => plan.losses.length > 0 && !request.force);
  if (refused.length === 0) return;
  const reasons = refused.map(({ plan }) => `"${plan.manifest.project}" (${plan.losses.join('; ')})`).join(', ');
  throw new UserError(
    `Nothing is removed, since work would be lost: ${reasons}. Commit, push or merge it; or use --force, which keeps a ref under refs/nx-fleet/backup/.`,
  );
}

/** All are tried, those that wait for others first, so that what is waited for stays with what could not go; the error names those that failed. */
async function removeAll(removals: readonly Removal[], adapters: RemovalAdapters, limit: LimitFunction): Promise<void> {
  const results: PromiseSettledResult<void>[] = [];
  let going = removals.map(({ request }) => request.project);
  for (const wave of removalWaves(removals, ({ plan }) => plan.manifest)) {
    const together = going;
    const ended = await Promise.allSettled(
      wave.map(({ plan, request }) => limit(() => removeOne({ plan, request: { ...request, together } }, adapters))),
    );
    results.push(...ended);
    going = going.filter(
      (project) => !wave.some(({ request }, index) => request.project === project && ended[index]?.status === 'rejected'),
    );
  }
  allSucceeded(results);
}

async function removeOne({ plan, request }: Removal, adapters: RemovalAdapters): Promise<void> {
  const kept = await removeWorktree(plan, request, adapters);
  request.onProgress('removed');
  for (const ref of kept) request.onProgress(`kept as ${ref}: nx run fleet:doctor --restore=${ref}`);
}

function withoutFolder(reference: string): string {
  return reference.replace(/^.*[\\/]/, '').replace(/\.md$/i, '');
}

/** Splits removals so that each wave holds what nothing of the later ones waits for. */
export function removalWaves<Item>(
  items: readonly Item[],
  manifestOf: (item: Item) => Pick<Manifest, 'project' | 'blockedBy'>,
): readonly (readonly Item[])[] {
  const waited = new Set(items.flatMap((item) => manifestOf(item).blockedBy));
  const free = items.filter((item) => !waited.has(manifestOf(item).project));
  // Manifests that were edited by hand may wait for each other.
  if (free.length === 0 || free.length === items.length) return items.length === 0 ? [] : [items];
  return [
    free,
    ...removalWaves(
      items.filter((item) => !free.includes(item)),
      manifestOf,
    ),
  ];
}
