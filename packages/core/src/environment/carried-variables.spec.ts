import { carryRule } from './carried-variables.js';

const mayCarry = carryRule(['APP_DB']);

describe('what comes along into a worktree', () => {
  it.each([
    ['STRIPE_KEY', 'sk_test_1'],
    ['LOG_LEVEL', 'debug'],
    ['PAGE_SIZE', '20'],
    ['API_URL', 'https://api.example.com'],
    ['SEARCH', 'not a url'],
    ['AWS_REGION', 'eu-west-1'],
    ['GITHUB_REPOSITORY', 'acme/shop'],
  ])('carries %s', (name, value) => {
    expect(mayCarry(name, value)).toBe(true);
  });

  it.each([
    ['APP_DB', 'x'],
    ['DATABASE_URL', 'file:./dev.db'],
    ['DIRECT_URL', ''],
    ['PGPASSWORD', 'x'],
    ['POSTGRES_URL_NON_POOLING', 'x'],
    ['BILLING_DATABASE_URL', 'x'],
    ['NEON_API_KEY', 'x'],
    ['GITHUB_TOKEN', 'x'],
    ['gh_token', 'x'],
    ['JIRA_API_TOKEN', 'x'],
    ['AWS_SECRET_ACCESS_KEY', 'x'],
    ['AWS_ACCESS_KEY_ID', 'x'],
    ['AZURE_CLIENT_SECRET', 'x'],
    ['NX_CLOUD_ACCESS_TOKEN', 'x'],
    ['NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN', 'x'],
    ['NPM_TOKEN', 'x'],
    ['CACHE', 'redis://localhost:6379'],
    ['LOCAL', ' postgresql://localhost/app'],
    ['SPRING', 'jdbc:postgresql://localhost/app'],
    ['ANALYTICS', 'postgres://u:p@db.example.com/prod'],
    ['QUEUE', 'rediss://:p@cache.example.com'],
  ])('leaves %s behind', (name, value) => {
    expect(mayCarry(name, value)).toBe(false);
  });
});
