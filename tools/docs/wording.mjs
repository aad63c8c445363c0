import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import ts from 'typescript';

/** Words that we do not write, and what to write instead. */
const WORDS = [
  [/\bmend(?:s|ed|ing)?\b/i, 'fix, repair'],
  [/\banew\b/i, 'again'],
  [/\bwho(?:so)?ever\b/i, 'anyone who'],
  [/\bnobody\b|\bno one\b/i, 'no user, no agent; is not …, is unknown'],
  [/\bvery same\b|\bthis very\b|\bthe very \w+/i, 'the same, exactly this'],
  [/\bgiv(?:e|es|en|ing) back\b|\bgave back\b/i, 'release, return'],
  [/\b(?:takes?|taken|took|taking) (?:it |them |everything )?(?:away|along)\b/i, 'remove'],
  [/(?<!there )\b(?:is|are|was|were) no (?!longer\b|more\b|other\b|less\b|such\b|one\b)\w+/i, 'is not a …'],
  [/\b(?:stands?|stood|standing) (?:in|on|at|there|beside|before|below)\b/i, 'is in'],
  [/\b(?:says?|said) of\b/i, 'says about, reports'],
  [/\bof ours\b/i, 'our, of nx-fleet'],
  [/\bleads? nowhere\b/i, 'is broken, is missing'],
  [/\b(?:state|options|settings|that) of now\b/i, 'current'],
  [/\bin doubt\b/i, 'if unsure'],
  [/\b(?:go|goes|went) on\b/i, 'continue'],
  [/\ba person\b/i, 'the user, a user'],
  [/\bmeanwhile\b/i, 'while …'],
  [/\bartefacts?\b/i, 'artifact; for users: result, file'],
  [/\bincarnations?\b/i, 'generation'],
  [/\blens(?:es)?\b/i, 'category'],
  [/\bcomplaints?\b/i, 'problem'],
  [/\btrash\b/i, 'backup'],
  [/\w+\((?:s|es)\)/, 'a real plural: 1 file, 2 files'],
];
const TESTS = /\.(?:spec|contract|fixture)\.ts$|(?:^|\/)fake-[^/]*$|\/testing\//;

const PLAIN_TEXT = /(?:^|\/)(?:schema|generators|executors)\.json$|\.template$|\/prompts\/.*\.md$/;

/** Words that are not plain English, in pages, and in what the packages hold: comments, strings, descriptions, prompts and templates. */
export function wordingFaults(root, pages) {
  const sources = readdirSync(join(root, 'packages')).flatMap((name) => sourcesOf(root, join('packages', name)));
  return [
    ...pages.flatMap(pageWordingFaults),
    ...sources.flatMap((file) => sourceWordingFaults(file, readFileSync(join(root, file), 'utf8'))),
  ];
}

export function pageWordingFaults({ file, prose }) {
  return prose.flatMap(({ line, text }) => faultsOf({ file, line, text }));
}

/** Of a TypeScript file: its comments, and its strings that are text; of any other, each line. */
export function sourceWordingFaults(file, source) {
  if (!file.endsWith('.ts')) return source.split('\n').flatMap((text, index) => faultsOf({ file, line: index + 1, text }));
  return proseOf(file, source).flatMap(({ line, text }) => faultsOf({ file, line, text }));
}

function sourcesOf(root, folder) {
  const parts = ['.', ...['src', 'prompts', 'templates'].filter((part) => existsSync(join(root, folder, part)))];
  return parts
    .flatMap((part) => readdirSync(join(root, folder, part), { withFileTypes: true, recursive: part !== '.' }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((file) => (file.endsWith('.ts') && !TESTS.test(file)) || PLAIN_TEXT.test(file));
}

function faultsOf({ file, line, text }) {
  return WORDS.flatMap(([pattern, instead]) => {
    const [found] = pattern.exec(text) ?? [];
    return found === undefined ? [] : [`${file}:${line}: "${found}": write ${instead}.`];
  });
}

function proseOf(file, source) {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const parts = new Map();
  const add = (from, text) => parts.set(from, { line: tree.getLineAndCharacterOfPosition(from).line + 1, text });
  const addComment = ({ pos, end }) => add(pos, source.slice(pos, end).replace(/`[^`\n]*`|@param \w+/g, '…'));
  const visit = (node) => {
    ts.getLeadingCommentRanges(source, node.getFullStart())?.forEach(addComment);
    ts.getTrailingCommentRanges(source, node.end)?.forEach(addComment);
    const isText = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
    // One word is an identifier, a key or an option.
    if (isText && /\S\s+\S/.test(node.text)) add(node.getStart(), node.text);
    node.getChildren().forEach(visit);
  };
  visit(tree);
  return [...parts.values()];
}
