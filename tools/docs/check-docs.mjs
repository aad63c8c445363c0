import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { commandFaults } from './commands.mjs';
import { coverageFaults, leftoverFaults, optionFaults, optionPaths } from './coverage.mjs';
import { exampleFaults } from './examples.mjs';
import { linkFaults } from './links.mjs';
import { readPages } from './pages.mjs';
import { readProduct } from './product.mjs';
import { wordingFaults } from './wording.mjs';

const CONFIGURATION = 'docs/configuration.md';

/** What is wrong with the documentation of a repository whose packages are built, one sentence each. */
export async function checkDocs(root) {
  const product = await readProduct(root);
  const pages = readPages(root);
  const configuration = pages.find(({ file }) => file === CONFIGURATION);
  if (configuration === undefined) return [`"${CONFIGURATION}" does not exist.`];
  return [
    ...linkFaults(pages, (path) => existsSync(join(root, path))),
    ...coverageFaults(pages, product.parts),
    ...leftoverFaults(pages, product.parts),
    ...optionFaults(configuration, optionPaths(product.settingsSchema)),
    ...exampleFaults(pages, product.parseSettings),
    ...commandFaults(pages, product.known),
    ...wordingFaults(root, pages),
  ];
}
