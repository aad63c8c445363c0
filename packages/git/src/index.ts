export { createGit, type CreateGitOptions } from './create-git.js';
export { MissingCommitError } from './bundle.js';
