import { parseSettings, type SettingsInput } from '@nx-fleet/core';
import { readNxJson, type Tree } from '@nx/devkit';
import { addMissingLines, addPlugin } from './add-plugin.js';
import { SHIPPED_AGENTS } from './detect-agents.js';
import { type Detected, detectWorkspace, writeIncludes } from './detect.js';
import type { InitGeneratorSchema } from './schema.js';
import { type Adapters, createAdapters } from '../../adapters.js';
import { log } from '../../report/log.js';
import { reportGenerator } from '../../report/report.js';
import { isRegistered, PLUGIN_NAME, readSettings } from '../../settings/read-settings.js';

/** `nx add nx-fleet`: registers the plugin with the options that detection says differ from the defaults, and the ignore lines. Changes no other line of a file. */
export async function initGenerator(tree: Tree, _options: InitGeneratorSchema, adapters?: Adapters): Promise<void> {
  await reportGenerator(async () => {
    const acting = adapters ?? createAdapters(tree.root, readSettings(tree.root));
    const everyAgent = parseSettings([{ file: 'nx.json', value: { agents: { reviewers: SHIPPED_AGENTS } } }]);
    const detected = await detectWorkspace(tree, acting, (adapters ?? createAdapters(tree.root, everyAgent)).agent);
    const wasRegistered = registerPlugin(tree, detected.options);
    addMissingLines(tree, '.gitignore', ['/.nx-fleet/', ...(detected.ignoresEnvFile ? [] : ['.env.local'])]);
    addMissingLines(tree, '.nxignore', ['!/.nx-fleet/', '/.nx-fleet/out/', '/.nx-fleet/local/']);
    writeIncludes(tree, detected.includes);
    showFindings(detected, wasRegistered);
  });
}

function registerPlugin(tree: Tree, options: SettingsInput): boolean {
  if (isRegistered(readNxJson(tree) ?? {})) return true;
  const registration = Object.keys(options).length === 0 ? PLUGIN_NAME : { plugin: PLUGIN_NAME, options };
  tree.write('nx.json', addPlugin(tree.read('nx.json', 'utf-8') ?? '', registration));
  return false;
}

function showFindings({ findings }: Detected, wasRegistered: boolean): void {
  const width = Math.max(...findings.map(({ what }) => what.length));
  const lines = findings.map(({ what, found }) => `  ${what.padEnd(width)}  ${found}`);
  log.info(['', wasRegistered ? 'nx-fleet was set up already. Found now:' : 'nx-fleet is set up. Found:', '', ...lines, ''].join('\n'));
  log.info('Next: commit these changes, then nx g worktree --issue=<number or file>');
}
