export { createGit, type CreateGitOptions } from './create-git.js';
