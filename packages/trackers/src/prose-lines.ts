const FENCE = /^ {0,3}(`{3,}|~{3,})(.*)$/;

/** A line of Markdown outside fenced code. */
interface ProseLine {
  readonly index: number;
  readonly text: string;
}

/** The lines of a Markdown text that stand outside fenced code, with their place in `text.split('\n')`. */
export function proseLines(text: string): readonly ProseLine[] {
  const prose: ProseLine[] = [];
  let fence: string | null = null;
  for (const [index, line] of text.split('\n').entries()) {
    const [, marks, info] = FENCE.exec(line) ?? [];
    if (fence === null && marks !== undefined && !(marks.startsWith('`') && info?.includes('`'))) {
      fence = marks;
    } else if (fence === null) {
      prose.push({ index, text: line });
    } else if (marks?.startsWith(fence) && info?.trim() === '') {
      fence = null;
    }
  }
  return prose;
}
