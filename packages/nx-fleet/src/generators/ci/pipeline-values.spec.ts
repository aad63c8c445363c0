import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { chooseNode } from './pipeline-values.js';

const workflow = (...versions: readonly string[]): string =>
  versions.map((version) => `      - uses: actions/setup-node@v4\n        with:\n          node-version: ${version}\n`).join('');

describe('the version of Node in a pipeline', () => {
  it.each<[string, Readonly<Record<string, string>>, ReturnType<typeof chooseNode>]>([
    ['a file of versions', { '.nvmrc': 'v22.3.0\n' }, { file: '.nvmrc', version: '22.3.0' }],
    ['a file of versions that names no number', { '.node-version': 'lts/jod' }, { file: '.node-version', version: '24' }],
    ['most workflows', { '.github/workflows/a.yml': workflow('22', "'22'", '24') }, { file: null, version: '22' }],
    ['workflows that disagree, the later one', { '.github/workflows/a.yaml': workflow('20', '22.x') }, { file: null, version: '22.x' }],
    ["GitLab's pipeline", { '.gitlab-ci.yml': 'test:\n  image: node:22-alpine\n' }, { file: null, version: '22' }],
    ['engines', { 'package.json': '{ "engines": { "node": ">=22.12" } }' }, { file: 'package.json', version: '22' }],
    ['nothing', {}, { file: null, version: '24' }],
    [
      'nothing where only an expression, an old version, or our own workflow names one',
      { '.github/workflows/a.yml': workflow('${{ matrix.node }}', '18'), '.github/workflows/nx-fleet-review.yml': workflow('22') },
      { file: null, version: '24' },
    ],
  ])('follows %s', (_, files, expected) => {
    const tree = createTreeWithEmptyWorkspace();
    for (const [file, text] of Object.entries(files)) tree.write(file, text);
    expect(chooseNode(tree)).toEqual(expected);
  });
});
