import { packedFileFaults, registeredModules } from './packed-files.mjs';

const documents = {
  'generators.json': {
    generators: { worktree: { factory: './dist/worktree/generator#worktreeGenerator', schema: './dist/worktree/schema.json' } },
  },
  'executors.json': { executors: { plan: { implementation: './dist/plan/executor.js#planExecutor', schema: './dist/plan/schema.json' } } },
};
const manifest = {
  files: ['dist', '!**/*.tsbuildinfo', 'prompts', 'generators.json', 'executors.json'],
  generators: './generators.json',
  executors: './executors.json',
};
const files = [
  'LICENSE',
  'package.json',
  'generators.json',
  'executors.json',
  'prompts/plan.md',
  'dist/worktree/generator.js',
  'dist/worktree/schema.json',
  'dist/worktree/schema.d.ts',
  'dist/plan/executor.js',
  'dist/plan/schema.json',
  'dist/plan/schema.d.ts',
];
const faultsOf = (packed) => packedFileFaults({ manifest, files: packed, readJson: (file) => documents[file] });

describe('the files of a packed package', () => {
  it('are in order when everything that the manifests name is there', () => {
    expect(faultsOf(files)).toEqual([]);
  });

  it.each(['generators.json', 'LICENSE', 'dist/worktree/generator.js', 'dist/plan/schema.json', 'dist/plan/schema.d.ts'])(
    'must hold %s',
    (file) => {
      expect(faultsOf(files.filter((packed) => packed !== file))).toEqual([
        `"${file}" is named in the package's manifests and is not in the tarball.`,
      ]);
    },
  );

  it('must hold each folder that package.json lists', () => {
    expect(faultsOf(files.filter((packed) => packed !== 'prompts/plan.md'))).toEqual([
      '"prompts" is named in the package\'s manifests and is not in the tarball.',
    ]);
  });

  it.each([
    'src/index.ts',
    'dist/a.spec.js',
    'dist/git.contract.d.ts',
    'dist/host/fake-host.js',
    'dist/tsconfig.lib.tsbuildinfo',
    '.env.local',
  ])('must not hold %s', (file) => {
    expect(faultsOf([...files, file])).toEqual([`"${file}" must not be published.`]);
  });

  it('name the modules that Nx loads, with the export it asks for', () => {
    expect(registeredModules({ manifest, readJson: (file) => documents[file] })).toEqual([
      { file: 'dist/worktree/generator.js', exported: 'worktreeGenerator' },
      { file: 'dist/plan/executor.js', exported: 'planExecutor' },
    ]);
  });

  it('of a package without generators need only what package.json lists', () => {
    expect(packedFileFaults({ manifest: { files: ['dist'] }, files: ['LICENSE', 'dist/index.js'], readJson: () => ({}) })).toEqual([]);
  });
});
