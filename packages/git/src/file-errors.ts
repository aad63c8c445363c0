/** The code of a system error such as `ENOENT`, or null for any other error. */
export function systemErrorCode(error: unknown): string | null {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** Whether the error says that there is no such file. */
export function isMissingFile(error: unknown): boolean {
  const code = systemErrorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}
