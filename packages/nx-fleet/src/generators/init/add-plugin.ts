import type { Tree } from '@nx/devkit';
import type * as Jsonc from 'jsonc-parser';
import { createRequire } from 'node:module';

/** Its build for Node hides the names of its exports from imports. */
const jsonc = createRequire(import.meta.url)('jsonc-parser') as typeof Jsonc;

type Registration = string | { readonly plugin: string; readonly options: object };

/**
 * Adds an entry to `plugins` of an nx.json. All other text stays as it is: format, comments, line ends. Lists of one line stay on one line where
 * they can, as formatters want them.
 */
export function addPlugin(text: string, registration: Registration): string {
  const root = jsonc.parseTree(text);
  // A file on one line, or none: there is no format to keep.
  if (root?.type !== 'object' || !textOf(text, root).includes('\n')) {
    const value = (jsonc.parse(text) ?? {}) as { readonly plugins?: readonly unknown[] };
    return `${JSON.stringify({ ...value, plugins: [...(value.plugins ?? []), registration] }, null, 2)}\n`;
  }
  const style = styleOf(text);
  const plugins = jsonc.findNodeAtLocation(root, ['plugins']);
  if (plugins?.type === 'array') return addItem(text, plugins, registration);
  const property = `"plugins": ${printList([printValue(registration, style, 2)], typeof registration === 'string', style)}`;
  const last = root.children?.at(-1);
  if (last === undefined) return splice(text, [root.offset + 1, root.offset + 1], `${style.lineEnd}${style.indent}${property}`);
  return splice(text, [endOf(last), endOf(last)], `,${style.lineEnd}${style.indent}${property}`);
}

function addItem(text: string, list: Jsonc.Node, registration: Registration): string {
  const style = styleOf(text);
  const items = list.children ?? [];
  const item = printValue(registration, style, 2);
  const last = items.at(-1);
  if (last !== undefined && textOf(text, list).includes('\n')) {
    return splice(text, [endOf(last), endOf(last)], `,${style.lineEnd}${style.indent.repeat(2)}${item}`);
  }
  const texts = [...items.map((one) => textOf(text, one)), item];
  return splice(text, [list.offset, endOf(list)], printList(texts, typeof registration === 'string', style));
}

interface Style {
  readonly indent: string;
  readonly lineEnd: string;
}

function styleOf(text: string): Style {
  return { indent: /^([ \t]+)["/]/m.exec(text)?.[1] ?? '  ', lineEnd: text.includes('\r\n') ? '\r\n' : '\n' };
}

/** The list that `plugins` holds, at the top of the file. */
function printList(items: readonly string[], isInline: boolean, { indent, lineEnd }: Style): string {
  if (isInline) return `[${items.join(', ')}]`;
  return `[${items.map((item) => `${lineEnd}${indent.repeat(2)}${item}`).join(',')}${lineEnd}${indent}]`;
}

/** Objects over several lines, lists on one. */
function printValue(value: unknown, style: Style, level: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => printValue(item, style, level)).join(', ')}]`;
  const { indent, lineEnd } = style;
  const lines = Object.entries(value).map(
    ([key, part]) => `${lineEnd}${indent.repeat(level + 1)}${JSON.stringify(key)}: ${printValue(part, style, level + 1)}`,
  );
  return `{${lines.join(',')}${lineEnd}${indent.repeat(level)}}`;
}

function textOf(text: string, node: Jsonc.Node): string {
  return text.slice(node.offset, endOf(node));
}

function endOf({ offset, length }: Jsonc.Node): number {
  return offset + length;
}

function splice(text: string, [from, to]: readonly [from: number, to: number], replacement: string): string {
  return `${text.slice(0, from)}${replacement}${text.slice(to)}`;
}

/** Appends the lines that an ignore file lacks; the rest of it stays as it is. */
export function addMissingLines(tree: Tree, file: string, lines: readonly string[]): void {
  const text = tree.exists(file) ? (tree.read(file, 'utf-8') ?? '') : '';
  const present = new Set(text.split(/\r?\n/).map((line) => line.trim()));
  const missing = lines.filter((line) => !present.has(line));
  if (missing.length === 0) return;
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const gap = text === '' || text.endsWith('\n') ? '' : lineEnd;
  tree.write(file, `${text}${gap}${missing.join(lineEnd)}${lineEnd}`);
}
