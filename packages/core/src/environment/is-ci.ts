/** Whether no user works beside us: `CI` is set, as CI systems do. `CI=false`, in any case of letters, is how users say no. */
export function isCi(env: Readonly<Record<string, string>>): boolean {
  return !['', '0', 'false'].includes((env['CI'] ?? '').toLowerCase());
}
