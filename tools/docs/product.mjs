import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const MANIFEST = {
  version: 1,
  project: 'issue-42',
  title: 'Example',
  branch: 'issue/42-example',
  base: '0'.repeat(40),
  blockedBy: [],
  tracker: { type: 'markdown', reference: '42', url: null },
};

/** What the built packages and their schemas offer: what the documentation may speak of. @throws Error when they are not built */
export async function readProduct(root) {
  const load = async (file) => import(pathToFileURL(requireBuilt(join(root, 'packages', file))).href);
  const core = await load('core/dist/index.js');
  const { issueTargets } = await load('nx-fleet/out-tsc/lib/graph/issue-targets.js');
  const { fleetTargets } = await load('nx-fleet/out-tsc/lib/graph/fleet-targets.js');
  const parts = [...partsOf(root, 'generator'), ...partsOf(root, 'executor')];
  const optionsOf = (kind) => Object.fromEntries(parts.filter((part) => part.kind === kind).map(({ name, options }) => [name, options]));
  const byTarget = (targets) =>
    Object.fromEntries(
      Object.entries(targets).map(([name, { executor }]) => [name, optionsOf('executor')[executor.replace(/^nx-fleet:/, '')]]),
    );
  // The targets of an app are there only with a command for it, those of the repository's reviews only when they are on.
  const settings = core.parseSettings([{ file: 'nx.json', value: { serve: { command: 'npm start' }, review: { projects: ['*'] } } }]);
  return {
    parts,
    parseSettings: core.parseSettings,
    settingsSchema: core.settingsSchema,
    known: {
      generators: optionsOf('generator'),
      targets: { issue: byTarget(issueTargets(MANIFEST, settings, [])), [settings.names.fleetProject]: byTarget(fleetTargets(settings)) },
      scripts: Object.keys(readJson(join(root, 'package.json')).scripts),
    },
  };
}

function partsOf(root, kind) {
  const names = Object.keys(readJson(join(root, 'packages/nx-fleet', `${kind}s.json`))[`${kind}s`]);
  return names.map((name) => {
    const schema = readJson(join(root, 'packages/nx-fleet/src', `${kind}s`, name, 'schema.json'));
    return { kind, name, options: Object.keys(schema.properties) };
  });
}

function requireBuilt(file) {
  if (existsSync(file)) return file;
  throw new Error(`"${file}" does not exist. Build first: npx nx run nx-fleet:build`);
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
