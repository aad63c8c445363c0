import { UserError } from '../errors/user-error.js';
import { BACKUPS } from '../branch/refs.js';
import { count } from '../text/count.js';
import type { Git } from '../git/git.js';
import { printableLine } from '../text/printable.js';
import { issueId, issueProject } from '../issue/issue.js';

/** Where earlier versions kept backups. */
const EARLIER = 'refs/nx-fleet/trash/';
const DAY_MS = 86_400_000;

/** Work that a command removed and a ref keeps. */
export interface KeptWork {
  readonly ref: string;
  readonly project: string;
  readonly commit: string;
  readonly keptAt: Date;
}

/** Moves the backups of earlier versions to the name that they have now, and says so. After a kill, the next call finishes. */
export async function moveEarlierBackups(
  git: Pick<Git, 'listRefs' | 'createRef' | 'readRef' | 'deleteRef'>,
  onProgress: (line: string) => void,
): Promise<void> {
  const earlier = await git.listRefs(EARLIER);
  for (const { ref, commit } of earlier) {
    const first = `${BACKUPS}${ref.slice(EARLIER.length).replace(/(?<=Z)-\d+$/, '')}`;
    for (let number = 1; ; number++) {
      const name = number === 1 ? first : `${first}-${number}`;
      if ((await git.createRef(name, commit)) || (await git.readRef(name)) === commit) break;
    }
    await git.deleteRef(ref, commit);
  }
  if (earlier.length > 0) onProgress(`${count(earlier.length, 'backup')} of an earlier version moved to ${BACKUPS}`);
}

/** All backups, newest last. */
export async function listBackups(git: Git): Promise<readonly KeptWork[]> {
  const refs = await git.listRefs(BACKUPS);
  return refs
    .flatMap(({ ref, commit }) => {
      const [project, time] = ref.slice(BACKUPS.length).split('/');
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
export async function restoreBackup(what: string, git: Git): Promise<{ readonly branch: string; readonly kept: KeptWork }> {
  const all = await listBackups(git);
  // Messages of earlier versions gave the earlier name.
  const named = what.startsWith(EARLIER) ? `${BACKUPS}${what.slice(EARLIER.length)}` : what;
  const names = [what, /[\p{L}\p{N}]/u.test(what) ? issueProject(issueId(what)) : what];
  const kept = all.find((one) => one.ref === named) ?? all.findLast((one) => names.includes(one.project));
  if (kept === undefined) {
    const known = [...new Set(all.map((one) => one.project))].join(', ');
    throw new UserError(
      `There is no backup of "${printableLine(what)}". ${known === '' ? 'There are no backups.' : `There are backups of: ${known}; git for-each-ref ${BACKUPS} lists it.`}`,
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
export async function expireBackups({ days, now, dryRun }: ExpiryRequest, git: Git): Promise<readonly KeptWork[]> {
  const old = (await listBackups(git)).filter(({ keptAt }) => now.getTime() - keptAt.getTime() > days * DAY_MS);
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
