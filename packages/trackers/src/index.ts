export { createTracker, type TrackerContext } from './create-tracker.js';
export { parseGitHubRemote, type GitHubRepository } from './github/github-place.js';
export { findReviewPlace, type PipelineContext } from './find-review-place.js';
