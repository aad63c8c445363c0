export default async function teardown() {
  await globalThis.nxFleetRegistry?.stop();
}
