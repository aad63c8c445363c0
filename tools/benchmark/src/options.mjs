import { parseArgs } from 'node:util';

/** What can be measured, in the order in which it is. */
export const SUITES = [
  'create',
  'dependencies',
  'spare',
  'installs',
  'sqlite',
  'postgres',
  'manifests',
  'cached',
  'replay',
  'affected',
  'graph',
];
/** Those that need neither a repository of usual size nor its dependencies. */
const LIGHT_SUITES = ['replay', 'affected', 'graph'];

export const USAGE = `npm run benchmark -- [options]

What nx-fleet costs on top of git, cp, Nx and databases: ratios against a floor that is measured in the same run, in turns.

  --quick            few files, few rounds, a small node_modules; no installs
  --only=a,b         of ${SUITES.join(', ')}
  --files=5000       tracked files of the repository
  --rounds=5         rounds of each measurement; half of them where one takes minutes
  --issues=10        how many worktrees one command makes and removes
  --manifests=1000   how many issues the project graph has to bear
  --projects=1000    how many projects the repository of affected and graph has
  --seed=1           which history the replay has
  --large-database   databases of 1 GB too
  --nx=23.2.1        the version of Nx
  --json, --markdown instead of text
`;

const QUICK = { files: 500, rounds: 3, issues: 3, manifests: 200, projects: 200, seed: 1 };
const FULL = { files: 5000, rounds: 5, issues: 10, manifests: 1000, projects: 1000, seed: 1 };

/** @param {string[]} args */
export function parseOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      files: { type: 'string' },
      rounds: { type: 'string' },
      issues: { type: 'string' },
      manifests: { type: 'string' },
      projects: { type: 'string' },
      seed: { type: 'string' },
      'large-database': { type: 'boolean', default: false },
      nx: { type: 'string', default: '23.2.1' },
      json: { type: 'boolean', default: false },
      markdown: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const counts = Object.entries(values.quick ? QUICK : FULL).map(([name, usual]) => [name, countOf(name, values[name], usual)]);
  const suites = values.only?.split(',') ?? SUITES.filter((suite) => !values.quick || suite !== 'installs');
  const unknown = suites.find((suite) => !SUITES.includes(suite));
  if (unknown !== undefined) throw new Error(`There is no suite "${unknown}". There are: ${SUITES.join(', ')}.`);
  return {
    ...Object.fromEntries(counts),
    suites: new Set(suites),
    isQuick: values.quick,
    isLight: suites.every((suite) => LIGHT_SUITES.includes(suite)),
    databaseSizesMb: [10, ...(values.quick ? [] : [100]), ...(values['large-database'] ? [1000] : [])],
    nxVersion: values.nx,
    format: formatOf(values),
    help: values.help,
  };
}

function countOf(name, given, usual) {
  if (given === undefined) return usual;
  if (/^[1-9]\d{0,5}$/.test(given)) return Number(given);
  throw new Error(`--${name}="${given}" is not a number of at least 1.`);
}

function formatOf({ json, markdown }) {
  if (json) return 'json';
  return markdown ? 'markdown' : 'text';
}
