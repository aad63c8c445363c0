import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseSettings } from '@nx-fleet/core';
import { useShownOutput } from '../executors/shown-output.fixture.js';
import { rememberFiles, requireFilesOfRun } from './files-of-run.js';

const { root } = useShownOutput();
const robot = { type: 'command', command: 'robot', files: ['tools/robot/**/*.mjs'], models: { standard: 'a', light: 'a', strong: 'a' } };
const settings = parseSettings([{ file: 'nx.json', value: { prompts: 'tools/prompts', agents: { define: { robot } } } }]);
const target = {
  inputs: [
    '{projectRoot}/spec.md',
    '{workspaceRoot}/tools/prompts/build.md',
    '{workspaceRoot}/tools/robot/**/*.mjs',
    { runtime: 'robot --version' },
  ],
};

describe('the files that the stages of an Nx command read', () => {
  let env: NodeJS.ProcessEnv = {};
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(root(), file)), { recursive: true });
    writeFileSync(join(root(), file), text);
  };
  const check = (): void => requireFilesOfRun({ root: root(), project: 'issue-42', target }, env);

  beforeEach(() => {
    env = {};
    for (const project of ['issue-42', 'issue-43']) write(`.nx-fleet/issues/${project}/spec.md`, `# ${project}`);
    write('tools/robot/run.mjs', 'robot');
    rememberFiles(root(), settings, env);
  });

  it.each([
    ['.nx-fleet/issues/issue-42/spec.md', 'The text of issue-42 has changed since this command began. Run it again.'],
    ['tools/prompts/build.md', '"tools/prompts/build.md" has changed since this command began. Run it again.'],
    ['tools/robot/lib/ask.mjs', '"tools/robot/**/*.mjs" has changed since this command began. Run it again.'],
  ])('are refused once %s is another', (file, message) => {
    write(file, 'another');
    expect(check).toThrow(message);
  });

  it('are taken where other files changed, or the same was written once more', () => {
    write('.nx-fleet/issues/issue-43/spec.md', 'another');
    write('.nx-fleet/issues/issue-42/spec.md', '# issue-42');
    write('tools/prompts/fix.md', 'another');
    write('tools/robot/notes.txt', 'another');
    expect(check).not.toThrow();
  });

  it('are taken as they are where nothing was remembered', () => {
    env = {};
    write('.nx-fleet/issues/issue-42/spec.md', 'another');
    expect(check).not.toThrow();
  });

  it('may be missing, or be none', () => {
    expect(() => rememberFiles(join(root(), 'nowhere'), settings, env)).not.toThrow();
  });
});
