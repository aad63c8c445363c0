import { engineFaults } from './engines.mjs';

const tree = {
  'packages/plugin': { dependencies: { client: '1', '@ws/core': '1' }, devDependencies: { builder: '1' } },
  'packages/core': { optionalDependencies: { fast: '1', absent: '1' } },
  'node_modules/@ws/core': { resolved: 'packages/core', link: true },
  'node_modules/client': { engines: { node: '>= 20' }, dependencies: { parser: '1' } },
  'node_modules/parser': { engines: { node: '>=18' } },
  'node_modules/fast': {},
  'node_modules/builder': { engines: { node: '>=22' } },
};
const faultsOf = (packages) =>
  engineFaults({ lock: { packages: { ...tree, ...packages } }, folder: 'packages/plugin', engines: { node: '>=20.19' } });

describe('the engines of a published package', () => {
  it('are kept by all that it installs; what only its developers install does not count', () => {
    expect(faultsOf({})).toEqual([]);
  });

  it.each([
    ['a package that its own one brings along', 'node_modules/client/node_modules/parser', '>=22'],
    ['an optional one of a workspace', 'node_modules/fast', '^22 || ^24'],
    ['one that wants a later release of the same version', 'node_modules/client', '>=20.20'],
  ])('are not kept by %s', (_, place, node) => {
    expect(faultsOf({ [place]: { engines: { node } } })).toEqual([`"${place}" wants Node ${node}, and the package promises >=20.19.`]);
  });
});
