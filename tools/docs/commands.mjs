const GENERATE_FLAGS = ['dry-run', 'no-interactive', 'verbose'];
const RUN_FLAGS = ['skip-nx-cache', 'skip-remote-cache', 'exclude-task-dependencies', 'output-style', 'parallel', 'verbose'];
const MANY_FLAGS = [...RUN_FLAGS, 'targets', 'projects', 'nx-bail'];
const AFFECTED_FLAGS = [...RUN_FLAGS, 'targets', 'base', 'head', 'nx-bail'];
const OTHER_PROGRAMS = new Set(['git']);

/** Commands of ```sh blocks and between backticks that name what does not exist. @param known generators, targets and npm scripts, each by its name */
export function commandFaults(pages, known) {
  return pages.flatMap(({ file, blocks, commands }) =>
    [...blocks.filter(({ language }) => language === 'sh').flatMap(linesOf), ...commands].flatMap(({ text, line }) => {
      const fault = commandFault(text, known);
      return fault === null ? [] : [`${file}:${line}: "${text}": ${fault}`];
    }),
  );
}

function linesOf({ lines, line }) {
  return lines.map((text, index) => ({ text, line: line + index + 1 })).filter(({ text }) => text.trim() !== '');
}

/** What is wrong with one command, or null. */
export function commandFault(text, known) {
  const [program, ...words] = wordsOf(text.split(' | ')[0] ?? '');
  if (program === 'npm') return npmFault(words, known);
  if (program === 'npx') return commandFault(text.replace(/^npx\s+/, ''), known);
  if (program === 'nx') return nxFault(words, known);
  return OTHER_PROGRAMS.has(program) ? null : `"${program}" is no program that the documentation uses.`;
}

function npmFault([verb, script], { scripts }) {
  const name = verb === 'run' ? script : verb;
  return scripts.includes(name) ? null : `there is no npm script "${name}".`;
}

function nxFault([verb, ...words], known) {
  const places = words.filter((word) => !word.startsWith('-'));
  switch (verb) {
    case 'add':
      return places[0] === 'nx-fleet' ? null : `"${places[0]}" is not our package.`;
    case 'g':
      return generatorFault(places[0] ?? '', flagsOf(words), known);
    case 'run':
      return taskFault(places[0] ?? '', known, { flags: flagsOf(words), allowed: RUN_FLAGS });
    case 'run-many':
      return manyFault(words, known, MANY_FLAGS);
    case 'affected':
      return manyFault(words, known, AFFECTED_FLAGS);
    case 'show':
      return taskFault(places.at(-1) ?? '', known, { flags: flagsOf(words), allowed: [] });
    case 'graph':
      return flagFault(flagsOf(words), ['focus', 'file', 'targets']);
    default:
      return `"nx ${verb}" is not known to this check.`;
  }
}

function generatorFault(name, flags, { generators }) {
  const options = generators[name.replace(/^nx-fleet:/, '')];
  return options === undefined ? `there is no generator "${name}".` : flagFault(flags, [...options, ...GENERATE_FLAGS]);
}

function taskFault(task, { targets }, { flags, allowed }) {
  const [project = '', target = ''] = task.split(':');
  const kind = project.startsWith('issue-') ? 'issue' : project;
  const options = targets[kind]?.[target];
  return options === undefined ? `there is no target "${task}".` : flagFault(flags, [...options, ...allowed]);
}

function manyFault(words, { targets }, flags) {
  const names = (words[words.indexOf('-t') + 1] ?? '').split(',');
  const unknown = words.includes('-t') ? names.find((name) => targets.issue[name] === undefined) : 'none';
  return unknown === undefined ? flagFault(flagsOf(words), flags) : `there is no target "${unknown}".`;
}

function flagFault(flags, allowed) {
  const unknown = flags.find((flag) => !allowed.includes(flag));
  return unknown === undefined ? null : `there is no option "--${unknown}".`;
}

function flagsOf(words) {
  return words.filter((word) => word.startsWith('--')).map((word) => word.slice(2).split('=')[0]);
}

function wordsOf(text) {
  return (text.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? []).map((word) => word.replace(/["']/g, ''));
}
