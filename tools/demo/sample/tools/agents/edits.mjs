import { cpSync, readFileSync, writeFileSync } from 'node:fs';

const INDEX = 'packages/catalog/src/index.js';
const ROUTES = 'apps/api/src/routes.js';

const EDITS = {
  Discounts: {
    files: 'discounts',
    exports: "export { discountedCents, listOffers } from './discounts.js';",
    route: "'GET /offers': ({ database, query }) => catalog.listOffers(database, Number(query.get('percent'))),",
    repair: { files: 'discounts-repair', when: /(?:not ok \d+ -|✖) rounds to the nearest cent/ },
  },
  Search: {
    files: 'search',
    exports: "export { searchProducts } from './search.js';",
    route: "'GET /search': ({ database, query }) => catalog.searchProducts(database, query.get('q') ?? ''),",
  },
  Stock: {
    files: 'stock',
    exports: "export { availableOffers } from './stock.js';",
    route: "'GET /available': ({ database, query }) => catalog.availableOffers(database, Number(query.get('percent'))),",
  },
};

/** Edits the working directory, as the writer of an issue does; fixes what an earlier attempt left when the prompt brings a failure. */
export function makeEdits({ title, failures }) {
  const edits = EDITS[title];
  if (edits === undefined) throw new Error(`no edits are scripted for "${title}"`);
  if (failures !== null) return repair(edits, failures);
  copyInto(edits.files);
  insertLine(INDEX, edits.exports);
  insertLine(ROUTES, `  ${edits.route}`, '};');
  return `${title}: added the function to the catalog with its tests, and a route that serves it.`;
}

function repair({ repair: fixing }, failures) {
  if (fixing === undefined || !fixing.when.test(failures)) throw new Error('this failure is not one that the script knows how to fix');
  copyInto(fixing.files);
  return 'The price was not rounded. It is now; the test is as it was.';
}

function copyInto(folder) {
  cpSync(new URL(`changes/${folder}/`, import.meta.url), '.', { recursive: true });
}

/** Puts a line before the first line that equals `before`, or at the end. */
function insertLine(file, line, before) {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const at = before === undefined ? lines.length : lines.indexOf(before);
  if (at === -1) throw new Error(`"${file}" has no line "${before}"`);
  writeFileSync(file, `${lines.toSpliced(at, 0, line).join('\n')}\n`);
}
