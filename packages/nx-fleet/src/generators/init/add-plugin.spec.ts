import { parseJson } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { addMissingLines, addPlugin } from './add-plugin.js';

const OURS = 'nx-fleet/plugin';
const WITH_OPTIONS = { plugin: OURS, options: { tracker: { type: 'github' }, agents: { reviewers: ['claude'] } } };

/** The lines of the second text that the first one lacks, and the other way round. */
function changes(before: string, after: string): { readonly removed: readonly string[]; readonly added: readonly string[] } {
  const [old, now] = [before.split('\n'), after.split('\n')];
  return { removed: old.filter((line) => !now.includes(line)), added: now.filter((line) => !old.includes(line)) };
}

const pluginsOf = (text: string): readonly unknown[] => parseJson<{ readonly plugins: readonly unknown[] }>(text).plugins;

const ODD = `{
  // Keep this.
  "targetDefaults": { "build": { "cache": true,   "inputs": ["production"] } },
  "plugins": [
    { "plugin": "@nx/js", "options": { "a": 1 } }, // and this
    "b"
  ],
  "z": [1,2,   3]
}
`;

describe('adding the plugin to nx.json', () => {
  it('changes only the line before the new one', () => {
    expect(changes(ODD, addPlugin(ODD, OURS))).toEqual({ removed: ['    "b"'], added: ['    "b",', '    "nx-fleet/plugin"'] });
    expect(changes(ODD, addPlugin(ODD, WITH_OPTIONS)).removed).toEqual(['    "b"']);
  });

  it('writes options over several lines and lists on one, as formatters do', () => {
    expect(addPlugin('{\n\t"z": 1\n}', WITH_OPTIONS)).toBe(
      [
        '{',
        '\t"z": 1,',
        '\t"plugins": [',
        '\t\t{',
        '\t\t\t"plugin": "nx-fleet/plugin",',
        '\t\t\t"options": {',
        '\t\t\t\t"tracker": {',
        '\t\t\t\t\t"type": "github"',
        '\t\t\t\t},',
        '\t\t\t\t"agents": {',
        '\t\t\t\t\t"reviewers": ["claude"]',
        '\t\t\t\t}',
        '\t\t\t}',
        '\t\t}',
        '\t]',
        '}',
      ].join('\n'),
    );
  });

  it.each<[string, string, string]>([
    ['a list on one line', '{\n  "plugins": ["a", "b"]\n}\n', '{\n  "plugins": ["a", "b", "nx-fleet/plugin"]\n}\n'],
    ['an empty list', '{\n    "plugins": []\n}\n', '{\n    "plugins": ["nx-fleet/plugin"]\n}\n'],
    ['no list', '{\n  "z": 1 // one\n}\n', '{\n  "z": 1,\n  "plugins": ["nx-fleet/plugin"] // one\n}\n'],
    ['an empty file', '', '{\n  "plugins": [\n    "nx-fleet/plugin"\n  ]\n}\n'],
    ['an empty object', '{}\n', '{\n  "plugins": [\n    "nx-fleet/plugin"\n  ]\n}\n'],
    [
      'Windows line ends, a comma at the end',
      '{\r\n  "plugins": [\r\n    "a", // a\r\n  ],\r\n}\r\n',
      '{\r\n  "plugins": [\r\n    "a",\r\n    "nx-fleet/plugin", // a\r\n  ],\r\n}\r\n',
    ],
  ])('keeps the format of %s', (_, before, after) => {
    expect(addPlugin(before, OURS)).toBe(after);
  });

  it.each(['{\n  "plugins": ["a"]\n}\n', '{\n  "plugins": [{ "plugin": "a" }]\n}\n', '{ "plugins": ["a"] }', ODD])(
    'reads back as one entry more: %j',
    (text) => {
      for (const registration of [OURS, WITH_OPTIONS]) {
        expect(pluginsOf(addPlugin(text, registration))).toEqual([...pluginsOf(text), registration]);
      }
    },
  );
});

describe('ignore lines', () => {
  it('appends what is missing and keeps the rest', () => {
    const tree = createTreeWithEmptyWorkspace();
    tree.write('.gitignore', 'dist\n/.nx-fleet/');
    addMissingLines(tree, '.gitignore', ['/.nx-fleet/', '.env.local']);
    expect(tree.read('.gitignore', 'utf-8')).toBe('dist\n/.nx-fleet/\n.env.local\n');
  });

  it('makes the file, and changes nothing the second time', () => {
    const tree = createTreeWithEmptyWorkspace();
    addMissingLines(tree, '.nxignore', ['!/.nx-fleet/']);
    const first = tree.read('.nxignore', 'utf-8');
    addMissingLines(tree, '.nxignore', ['!/.nx-fleet/']);
    expect(tree.read('.nxignore', 'utf-8')).toBe(first);
  });

  it('keeps Windows line endings', () => {
    const tree = createTreeWithEmptyWorkspace();
    tree.write('.gitignore', 'dist\r\n');
    addMissingLines(tree, '.gitignore', ['/.nx-fleet/']);
    expect(tree.read('.gitignore', 'utf-8')).toBe('dist\r\n/.nx-fleet/\r\n');
  });
});
