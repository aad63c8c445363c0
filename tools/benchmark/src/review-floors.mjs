/** As in `docs/ci.md`: nobody sends lock files to a model. */
const LOCK_FILE = 'package-lock.json';
const FLAGS = ['-p', '--full-index', '-M', '-U3', '--diff-algorithm=histogram', '--indent-heuristic'];

/**
 * What two usual ways to review pull requests would show a model after a push. Neither shows an empty diff.
 *
 * - `full`: the whole pull request.
 * - `incremental`: what the push changes on its branch. After a rebase there is nothing to compare with, and the whole pull request is shown again.
 *
 * A push to main is shown as it is, by both.
 * @param {(...args: string[]) => string} git
 */
export function createFloors(git) {
  const seen = new Map();
  return ({ branch, base }) => {
    const head = git('rev-parse', 'HEAD');
    const fork = git('merge-base', base, head);
    const earlier = seen.get(branch);
    seen.set(branch, { head, fork });
    const full = shownDiff(git, fork, head);
    return { full, incremental: branch !== 'main' && earlier?.fork === fork ? shownDiff(git, earlier.head, head) : full };
  };
}

/** Changed lines of lock files are left out, as in the prompts of ours. */
export function shownDiff(git, base, head) {
  return git('diff', ...FLAGS, base, head)
    .split(/^(?=diff --git )/m)
    .map((file) => (file.startsWith(`diff --git a/${LOCK_FILE} `) ? `${file.slice(0, file.search(/^@@ /m))}[a lock file]\n` : file))
    .join('');
}
