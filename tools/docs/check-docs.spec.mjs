import { commandFault, commandFaults } from './commands.mjs';
import { coverageFaults, leftoverFaults, optionFaults, optionPaths } from './coverage.mjs';
import { exampleFaults } from './examples.mjs';
import { linkFaults } from './links.mjs';
import { parsePage } from './pages.mjs';
import { pageWordingFaults, sourceWordingFaults } from './wording.mjs';

const page = (file, ...lines) => parsePage(file, lines.join('\n'));
const known = {
  generators: { worktree: ['issue', 'base'] },
  targets: { issue: { 'agent-plan': [], 'agent-review': [] }, fleet: { status: ['json'] } },
  scripts: ['test', 'demo'],
};
const rejectAll = () => {
  throw new Error('Invalid nx-fleet options');
};

describe('links', () => {
  const pages = [
    page('README.md', '# Read me', '[a](docs/a.md#two-words) [b](docs/b.md) [c](#read-me) [d](https://example.com)', '`[e](gone.md)`'),
    page('docs/a.md', '# A', '## Two `words`', '## Two words', '[up](../README.md#nowhere)', '```', '# No heading', '[x](gone.md)', '```'),
  ];

  it('may lead to files, folders and headings that are there', () => {
    expect(linkFaults(pages.slice(0, 1).concat(page('docs/a.md', '## Two words')), () => true)).toEqual([]);
  });

  it('must not lead to a file that is missing', () => {
    expect(linkFaults(pages.slice(0, 1), (file) => file !== 'docs/b.md' && file !== 'docs/a.md')).toEqual([
      'README.md:2: the link "docs/a.md#two-words" leads to "docs/a.md", which does not exist.',
      'README.md:2: the link "docs/b.md" leads to "docs/b.md", which does not exist.',
    ]);
  });

  it('must not name a heading that is missing', () => {
    expect(linkFaults(pages, () => true)).toEqual([
      'docs/a.md:4: the link "../README.md#nowhere" names a heading that "README.md" does not have.',
    ]);
  });

  it('may name the second heading of the same words', () => {
    expect([...(pages[1]?.anchors ?? [])]).toEqual(['a', 'two-words', 'two-words-1']);
  });
});

describe('a code block', () => {
  it('must be closed', () => {
    expect(() => page('a.md', '```sh', 'nx run fleet:status')).toThrow('"a.md" has a code block that is not closed, at line 1.');
  });
});

describe('generators and executors', () => {
  const parts = [{ kind: 'generator', name: 'worktree', options: ['issue', 'base'] }];

  it('must have a page', () => {
    expect(coverageFaults([], parts)).toEqual(['The generator "worktree" has no page "docs/generators/worktree.md".']);
  });

  it('must have all of their options on it', () => {
    const faults = coverageFaults([page('docs/generators/worktree.md', 'the base, `--issue`')], parts);
    expect(faults).toEqual(['"docs/generators/worktree.md" does not name the option "base" of the generator.']);
  });

  it('must not have a page when they are gone', () => {
    expect(leftoverFaults([page('docs/executors/fix.md', '')], parts)).toEqual([
      '"docs/executors/fix.md" is the page of something that does not exist.',
    ]);
  });
});

describe('the configuration page', () => {
  const leaf = { def: {} };
  const schema = { def: { shape: { checks: leaf, review: { def: { innerType: { def: { shape: { blockOn: leaf } } } } } } } };

  it('must name the options of the first two levels', () => {
    expect(optionPaths(schema)).toEqual(['checks', 'review.blockOn']);
    expect(optionFaults(page('docs/configuration.md', '`checks`, review.blockOn'), optionPaths(schema))).toEqual([
      '"docs/configuration.md" does not name the option "review.blockOn".',
    ]);
  });
});

describe('a JSON example', () => {
  const faultsOf = (info, text, parse = () => {}) => exampleFaults([page('a.md', `\`\`\`${info}`, text, '```')], parse);

  it('must say which file it is of', () => {
    expect(faultsOf('json', '{}')).toEqual(['a.md:1: a JSON example must say which file it is of: ```json nx-fleet.json']);
  });

  it('must be JSON', () => {
    expect(faultsOf('json nx-fleet.json', '{')[0]).toMatch(/^a\.md:1: the example is not JSON: /);
  });

  it('must hold options that exist', () => {
    expect(faultsOf('json nx-fleet.json', '{}', rejectAll)).toEqual(['a.md:1: Invalid nx-fleet options']);
    expect(faultsOf('json nx.json', '{"plugins": [{"plugin": "nx-fleet/plugin", "options": {}}]}', rejectAll)).toHaveLength(1);
  });

  it('must register the plugin when it is of nx.json', () => {
    expect(faultsOf('json nx.json', '{"plugins": []}')).toEqual(['a.md:1: the example of nx.json does not register "nx-fleet/plugin".']);
  });

  it('may be of another file', () => {
    expect(faultsOf('json .claude/settings.json', '{"permissions": {}}', rejectAll)).toEqual([]);
  });
});

describe('a command', () => {
  it.each([
    'npm test',
    'npm run demo',
    'git commit -m "chore: add nx-fleet"',
    'nx add nx-fleet',
    'nx g worktree --issue=42,43 --dry-run',
    'npx nx g nx-fleet:worktree --issue=42',
    'nx run issue-42:agent-plan --skip-nx-cache',
    'nx run fleet:status --json | sed -n 1p',
    'nx run-many -t agent-review,agent-plan --parallel=5',
    'nx affected -t agent-review --base=main',
    'nx show target inputs issue-42:agent-plan',
    'nx graph --focus=issue-42',
  ])('may be: %s', (command) => {
    expect(commandFault(command, known)).toBeNull();
  });

  it.each([
    ['npm run serve', 'there is no npm script "serve".'],
    ['nx add nx-flotilla', '"nx-flotilla" is not our package.'],
    ['nx g worktrees --issue=42', 'there is no generator "worktrees".'],
    ['nx g worktree --issues=42', 'there is no option "--issues".'],
    ['nx run issue-42:agent-fix', 'there is no target "issue-42:agent-fix".'],
    ['nx run fleet:status --yaml', 'there is no option "--yaml".'],
    ['nx run shop:status', 'there is no target "shop:status".'],
    ['nx run-many -t agent-plan,agent-pr', 'there is no target "agent-pr".'],
    ['nx affected -t agent-pr', 'there is no target "agent-pr".'],
    ['nx affected -t agent-review --projects=a', 'there is no option "--projects".'],
    ['nx run-many -t agent-plan --cloud', 'there is no option "--cloud".'],
    ['nx show target inputs issue-42:agent-serve', 'there is no target "issue-42:agent-serve".'],
    ['nx graph --open', 'there is no option "--open".'],
    ['nx reset', '"nx reset" is not known to this check.'],
    ['curl example.com', '"curl" is no program that the documentation uses.'],
  ])('must not be: %s', (command, fault) => {
    expect(commandFault(command, known)).toBe(fault);
  });

  it('is looked for in blocks of shell commands and between backticks', () => {
    const pages = [
      page(
        'a.md',
        'Run `nx run fleet:state`, or `nx run fleet:…`.',
        '```sh',
        'nx run fleet:status',
        '',
        'nx g tree',
        '```',
        '```',
        'nx g tree',
        '```',
      ),
    ];
    expect(commandFaults(pages, known)).toEqual([
      'a.md:5: "nx g tree": there is no generator "tree".',
      'a.md:1: "nx run fleet:state": there is no target "fleet:state".',
    ]);
  });
});

describe('wording', () => {
  const source = [
    '// Nobody looks at `nobody`.',
    "import { x } from './mend/anew.js';",
    'const one = `${x} is no folder`;',
    "const outcome = 'mended';",
    '/** The `trash`; there is no folder, and it is no longer there. @param mend what to do */',
    "const two = 'the artefact of 2 file(s)';",
  ].join('\n');

  it('is plain in comments and texts of a source; code, names and single words are left out', () => {
    expect(sourceWordingFaults('a.ts', source)).toEqual([
      expect.stringContaining('a.ts:1: "Nobody"'),
      expect.stringContaining('a.ts:3: "is no folder"'),
      expect.stringContaining('a.ts:6: "artefact"'),
      expect.stringContaining('a.ts:6: "file(s)"'),
    ]);
  });

  it('is plain in the prose of a page', () => {
    expect(pageWordingFaults(page('a.md', '# Mend it', '`mend`', '```', 'mend', '```'))).toEqual(['a.md:1: "Mend": write fix, repair.']);
  });
});
