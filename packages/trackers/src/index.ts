export { createTracker, type TrackerContext } from './create-tracker.js';
export { parseGitHubRemote, type GitHubRepository } from './github/github-remote.js';
export { findReviewPlace, type PipelineContext } from './find-review-place.js';
