/** The project that a reference means: what made a worktree removes it too, so that the number of a Markdown issue uses its file. */
export function projectNamed(project: string, known: readonly string[]): string {
  const longer = known.filter((other) => other.startsWith(`${project}-`));
  return known.includes(project) || longer.length !== 1 ? project : (longer[0] ?? project);
}
