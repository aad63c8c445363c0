import { refill } from './refill.js';

const [mainWorktree, commit] = process.argv.slice(2);
if (mainWorktree === undefined || commit === undefined) throw new Error('refill needs the main worktree and a commit');
void refill(mainWorktree, commit);
