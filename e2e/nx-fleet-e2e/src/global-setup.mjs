import { publishPackage } from '../../../tools/local-registry/publish.mjs';
import { startRegistry } from '../../../tools/local-registry/registry-process.mjs';

/** Once for all suites: a registry with our packages in it. */
export default async function setup() {
  const registry = await startRegistry();
  globalThis.nxFleetRegistry = registry;
  try {
    publishPackage(registry);
  } catch (error) {
    // Without a set-up there is no teardown.
    await registry.stop();
    throw error;
  }
  process.env.NX_FLEET_E2E_REGISTRY = registry.url;
  process.env.NX_FLEET_E2E_NPMRC = `${registry.directory}/.npmrc`;
}
