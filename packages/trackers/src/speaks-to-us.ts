/** Whether a comment may hold a command to us. */
export function speaksToUs(comment: string): boolean {
  return comment.includes('nx-fleet');
}
