import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

const FENCE = /^(`{3,})(.*)$/;
const HEADING = /^#{1,6}\s+(.*?)\s*$/;
// Whole commands only: what has a gap in it is no command yet.
const COMMAND = /`(nx (?:g|run|run-many|affected|show) [^`…<]+)`/g;
const LINK = /\]\(([^()\s]+)\)/g;

/** The pages that are checked, read from a repository's root. */
export function readPages(root) {
  const names = (folder) => readdirSync(join(root, folder), { withFileTypes: true, recursive: true });
  const documents = names('docs')
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
  const packages = readdirSync(join(root, 'packages')).map((name) => join('packages', name, 'README.md'));
  return ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'AGENTS.md', ...documents, ...packages].map((file) =>
    parsePage(file.split(sep).join('/'), readFileSync(join(root, file), 'utf8')),
  );
}

/** A page's text in parts: links and anchors outside of code, commands between backticks, its prose without code, and the code blocks, each with its line. */
export function parsePage(file, text) {
  const page = { file, text, folder: dirname(file), links: [], anchors: new Set(), commands: [], prose: [], blocks: [] };
  let block = null;
  for (const [index, line] of text.split('\n').entries()) {
    const [, marks, info] = FENCE.exec(line) ?? [];
    if (block === null && marks !== undefined) {
      const [language = '', title = ''] = info.trim().split(/\s+/);
      block = { marks, language, title, line: index + 1, lines: [] };
    } else if (block !== null && marks?.startsWith(block.marks) && info === '') {
      page.blocks.push(block);
      block = null;
    } else if (block !== null) block.lines.push(line);
    else readProse(page, line, index + 1);
  }
  if (block !== null) throw new Error(`"${file}" has a code block that is not closed, at line ${block.line}.`);
  return page;
}

function readProse(page, line, number) {
  const heading = HEADING.exec(line)?.[1];
  if (heading !== undefined) page.anchors.add(newAnchor(heading, page.anchors));
  page.prose.push({ line: number, text: line.replace(/`[^`]*`/g, '…') });
  const prose = line.replace(/`[^`]*`/g, (code) => code.replace(/[()]/g, '.'));
  for (const [, target] of prose.matchAll(LINK)) page.links.push({ target, line: number });
  for (const [, text] of line.matchAll(COMMAND)) page.commands.push({ text, line: number });
}

/** As GitHub makes them. */
function newAnchor(heading, present) {
  const anchor = heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
  for (let count = 0; ; count++) {
    const candidate = count === 0 ? anchor : `${anchor}-${count}`;
    if (!present.has(candidate)) return candidate;
  }
}
