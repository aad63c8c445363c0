/**
 * Files of a package that does nothing: a generator, an executor, and a target graph of the same shape as ours. They show what Nx itself costs.
 */
export const FLOOR_PLUGIN = {
  'package.json': JSON.stringify({
    name: 'floor',
    version: '0.0.0',
    main: 'plugin.js',
    generators: './generators.json',
    executors: './executors.json',
  }),
  'generators.json': JSON.stringify({
    generators: { noop: { factory: './generator.js', schema: './schema.json', description: 'Does nothing.' } },
  }),
  'executors.json': JSON.stringify({
    executors: { noop: { implementation: './executor.js', schema: './schema.json', description: 'Does nothing.' } },
  }),
  'schema.json': JSON.stringify({ $schema: 'https://json-schema.org/schema', type: 'object', properties: {} }),
  'generator.js': 'module.exports = async () => {};\n',
  'executor.js': 'module.exports = async () => ({ success: true });\n',
  'plugin.js': `
const { dirname } = require('node:path');
const step = (name, dependsOn) => ({
  executor: 'nx:run-commands',
  options: { command: 'node -e ""' },
  cache: true,
  inputs: ['{projectRoot}/issue.json', { externalDependencies: [] }],
  outputs: ['{workspaceRoot}/.floor-out/' + name],
  dependsOn,
});
const idle = { executor: 'floor:noop', cache: false };
const targets = (project) => ({
  plan: step(project + '/plan', []),
  'build--x': step(project + '/build--x', ['plan']),
  build: { ...idle, dependsOn: ['build--x'] },
  validate: step(project + '/validate', ['build']),
  'review--x': step(project + '/review--x', ['validate']),
  floor: { ...idle, dependsOn: ['review--x'] },
  noop: idle,
});
exports.createNodesV2 = exports.createNodes = ['floor/*/issue.json', (files) =>
  files.map((file) => [file, { projects: { [dirname(file)]: { name: dirname(file).replace('/', '-'), targets: targets(dirname(file)) } } }])];
`,
  'review-plugin.js': `
const { dirname } = require('node:path');
const idle = { executor: 'floor:noop', cache: false, inputs: [{ externalDependencies: [] }] };
const changes = [{ projects: ['floor-changes'], target: 'floor-changes' }];
const targets = (root, affectedBy) => ({
  'floor-review--x': {
    executor: 'floor:noop',
    cache: true,
    dependsOn: changes,
    inputs: [{ dependentTasksOutputFiles: '**/' + root.replaceAll('/', '-') + '.json', transitive: false }, { externalDependencies: [] }],
    outputs: ['{workspaceRoot}/.floor-out/{projectName}'],
  },
  'floor-review': { ...idle, dependsOn: [...changes, 'floor-review--x'], inputs: [{ externalDependencies: [] }, affectedBy] },
});
const rest = { name: 'floor-changes', root: '.floor', targets: { 'floor-changes': idle, ...targets('.floor', '{workspaceRoot}/**/*') } };
const projectsOf = (file) =>
  file === 'nx.json' ? { '.floor': rest } : { [dirname(file)]: { targets: targets(dirname(file), '{projectRoot}/**/*') } };
exports.createNodesV2 = exports.createNodes = ['{nx.json,**/project.json}', (files) => files.map((file) => [file, { projects: projectsOf(file) }])];
`,
};
