import { publishPackages } from './publish.js';
import { startRegistry, type RunningRegistry } from './registry-process.js';

declare global {
  var nxFleetRegistry: RunningRegistry | undefined;
}

/** Once for all suites: a registry with our packages in it. */
export default async function setup(): Promise<void> {
  const registry = await startRegistry();
  globalThis.nxFleetRegistry = registry;
  publishPackages(registry);
  process.env['NX_FLEET_E2E_REGISTRY'] = registry.url;
  process.env['NX_FLEET_E2E_NPMRC'] = `${registry.directory}/.npmrc`;
}
