import { UserError } from '../errors/user-error.js';
import type { Git } from '../git/git.js';
import { printableLine } from '../text/printable.js';
import { issueId, issueProject } from '../issue/issue.js';

const TRASH = 'refs/nx-fleet/trash/';
const DAY_MS = 86_400_000;

/** Work that a command removed and a ref keeps. */
export interface KeptWork {
  readonly ref: string;
  readonly project: string;
  readonly commit: string;
  readonly keptAt: Date;
}

/** What the trash holds, newest last. */
export async function listTrash(git: Git): Promise<readonly KeptWork[]> {
  const refs = await git.listRefs(TRASH);
  return refs
    .flatMap(({ ref, commit }) => {
      const [project, time] = ref.slice(TRASH.length).split('/');
      const keptAt = parseTime(time ?? '');
      return project === undefined || keptAt === null ? [] : [{ ref, project, commit, keptAt }];
    })
    .sort((one, other) => one.keptAt.getTime() - other.keptAt.getTime() || one.ref.localeCompare(other.ref, 'en', { numeric: true }));
}

/**
 * Gives kept work back as a branch `restored/<project>-<time>`; doing it again finds that branch.
 * @param what a ref, or an issue or its project: then its newest
 * @returns the branch
 * @throws UserError when nothing is kept under that name
 */
export async function restoreFromTrash(what: string, git: Git): Promise<{ readonly branch: string; readonly kept: KeptWork }> {
  const all = await listTrash(git);
  const names = [what, /[\p{L}\p{N}]/u.test(what) ? issueProject(issueId(what)) : what];
  const kept = all.find((one) => one.ref === what) ?? all.findLast((one) => names.includes(one.project));
  if (kept === undefined) {
    const known = [...new Set(all.map((one) => one.project))].join(', ');
    throw new UserError(
      `The trash holds nothing of "${printableLine(what)}". ${known === '' ? 'It is empty.' : `It has work of: ${known}; git for-each-ref ${TRASH} lists it.`}`,
    );
  }
  const branch = `restored/${kept.project}-${kept.ref.split('/').at(-1) ?? ''}`;
  const tip = await git.readRef(`refs/heads/${branch}`);
  if (tip === null) await git.createBranch(branch, kept.commit);
  else if (tip !== kept.commit)
    throw new UserError(`Branch "${branch}" has new commits since it was restored. Continue on it, or rename it and run this again.`);
  return { branch, kept };
}

export interface ExpiryRequest {
  readonly days: number;
  readonly now: Date;
  /** Only look. */
  readonly dryRun: boolean;
}

/** Forgets work that was kept longer ago than so many days. @returns what was, or would be, forgotten */
export async function expireTrash({ days, now, dryRun }: ExpiryRequest, git: Git): Promise<readonly KeptWork[]> {
  const old = (await listTrash(git)).filter(({ keptAt }) => now.getTime() - keptAt.getTime() > days * DAY_MS);
  for (const { ref } of dryRun ? [] : old) await git.deleteRef(ref);
  return old;
}

/** `20261122T160000Z`, perhaps with a count behind it. */
function parseTime(text: string): Date | null {
  const parts = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z(-\d+)?$/.exec(text);
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second] = parts;
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time.getTime()) ? null : time;
}
