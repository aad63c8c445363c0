import { pathsFromBase } from './read-in-snapshot.js';
import { createFakeGit } from '../git/fake-git.js';
import { parseSettings } from '../settings/parse-settings.js';
import { REVIEW } from '../stages/review/review.stage.js';

it('a judge gets from the base what rules lead to, and every file of its own program', async () => {
  const git = createFakeGit({ files: { 'CLAUDE.md': '@docs/style.md', 'docs/style.md': '' } });
  const mine = {
    type: 'command',
    command: './tools/run.sh',
    args: ['scripts/agent.mjs', '--rules=tools/rules.md', '{model}', '--json', 'exec', '../out.mjs', '/usr/bin/x.mjs'],
    files: ['tools/**'],
  } as const;
  const settings = parseSettings([{ file: 'nx.json', value: { agents: { define: { mine } } } }]);
  const paths = await pathsFromBase(git.root, REVIEW.settings(settings, 'mine'), git);
  expect(paths).toEqual(expect.arrayContaining([':(glob,icase)**/CLAUDE.md', ':(literal)docs/style.md', ':(glob)tools/**']));
  expect(paths.filter((path) => path.startsWith(':(literal)')).slice(1)).toEqual([
    ':(literal)tools/run.sh',
    ':(literal)scripts/agent.mjs',
    ':(literal)tools/rules.md',
  ]);
});
