/** Whether a comment may hold a command to us. */
export function addressesUs(comment: string): boolean {
  return comment.includes('nx-fleet');
}
