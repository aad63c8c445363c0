import type { PhrasingContent, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';

/** What the text of an issue says about its blockers. */
export interface BodyBlockers<Reference> {
  /** Each once, in the order of the text. */
  readonly references: readonly Reference[];
  /** Texts that announce a blocker and name none that can be read; untrusted, at most 80 characters each. */
  readonly unread: readonly string[];
}

/** Reads one reference at the start of a text. `reference` is null for one that belongs to another repository; null where the text starts with none. */
export type ReadReference<Reference> = (text: string) => { readonly length: number; readonly reference: Reference | null } | null;

const MAX_CHARACTERS = 200_000;
const ANNOUNCEMENT =
  /^[^\p{L}\p{N}#]*(?:is )?(?:blocked[ -]by|depends on|blockers?(?= *(?:[:(]|$)))(?![\p{L}\p{N}])(?: *\([^)]*\))? *:?\s*/iu;
const LABEL = /:\s*$/;
/** `three, all real: #1 #2` */
const EXPLAINED = /^[^:#]{1,80}:\s*(.*)$/;
const NONE = /^(?:none|nothing|no response|not applicable|n\/a|no(?: known)? (?:blockers?|dependenc(?:y|ies))|no[.!]?$|[-–—]+$)/i;
const TASK = /^\[[ xX]\]\s+/;
const NOUN = /^(?:issues?|tickets?|tasks?|pull requests?|prs?)\s+(?=\S)/i;
const SEPARATOR = /^(?:\s*(?:,|;|&|\band\b))+\s*|^\s+/i;

/** Finds blockers in lines such as `Blocked by #41`, and in sections and lists below a heading `Blocked by`. Ignores code, quotes and comments. */
export function parseBodyBlockers<Reference>(body: string, read: ReadReference<Reference>): BodyBlockers<Reference> {
  const references = new Set<Reference>();
  const unread = new Set<string>();
  readBlocks(fromMarkdown(body.slice(0, MAX_CHARACTERS)).children);
  return { references: [...references], unread: [...unread] };

  function readBlocks(blocks: readonly RootContent[]): void {
    let inSection = false;
    for (const [index, block] of blocks.entries()) {
      if (block.type === 'heading') {
        const text = inlineText(block.children);
        const announced = announcedText(text);
        inSection = announced === '';
        if (announced) readAnnounced(announced, text);
      } else if (inSection) {
        readSection(block);
      } else if (block.type === 'paragraph') {
        readLines(inlineText(block.children).split('\n'), blocks[index + 1]);
      } else if (block.type === 'list') {
        for (const item of block.children) readBlocks(item.children);
      }
    }
  }

  function readLines(lines: readonly string[], next: RootContent | undefined): void {
    for (const [index, line] of lines.entries()) {
      const announced = announcedText(line);
      const following = lines[index + 1];
      if (announced) readAnnounced(announced, line, index > 0);
      else if (announced === '' && following !== undefined) readEntry(following);
      else if (announced === '' && next !== undefined && (next.type === 'list' || LABEL.test(line))) readSection(next);
    }
  }

  function readAnnounced(announced: string, line: string, isWrapped = false): void {
    if (NONE.test(announced) || readList(announced) || readList(EXPLAINED.exec(announced)?.[1] ?? '')) return;
    // A wrapped line of prose can start with "depends on".
    if (!isWrapped) leave(line);
  }

  function readSection(block: RootContent): void {
    if (block.type === 'paragraph') inlineText(block.children).split('\n').forEach(readEntry);
    if (block.type !== 'list') return;
    for (const { children } of block.children) children.forEach(readSection);
  }

  function readEntry(text: string): void {
    const entry = text.trim().replace(TASK, '');
    if (entry !== '' && !NONE.test(entry) && !readList(entry)) leave(text);
  }

  /** Takes the references at the start of a text, up to the first other word. */
  function readList(text: string): boolean {
    let rest = text.replace(NOUN, '');
    let isFound = false;
    for (let found = read(rest); found !== null; found = read(rest)) {
      if (found.reference === null) leave(text);
      else references.add(found.reference);
      isFound = true;
      rest = rest.slice(found.length).replace(SEPARATOR, '');
    }
    return isFound;
  }

  function leave(text: string): void {
    unread.add(text.trim().slice(0, 80));
  }
}

/** The text that a reader sees, links to web pages and files by their address. */
function inlineText(nodes: readonly PhrasingContent[]): string {
  return nodes
    .map((node): string => {
      if (node.type === 'text') return node.value.replaceAll(/~~.*?~~/g, '');
      if (node.type === 'inlineCode') return `\`${node.value}\``;
      if (node.type === 'break') return '\n';
      if (node.type === 'link' && /^https?:\/\/|\.md$/i.test(node.url)) return node.url;
      return 'children' in node ? inlineText(node.children) : '';
    })
    .join('');
}

/** What follows an announcement such as `Blocked by:`; null where the line announces no blocker. */
function announcedText(line: string): string | null {
  const text = line.trim().replace(TASK, '');
  const [announcement] = ANNOUNCEMENT.exec(text) ?? [];
  return announcement === undefined ? null : text.slice(announcement.length);
}

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
