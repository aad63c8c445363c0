import { pinActions, pinnedActions } from './other-pipelines.js';

const [one, two] = ['a'.repeat(40), 'b'.repeat(40)];

describe('actions that a repository pins by commit', () => {
  const theirs = `steps:\n  - uses: actions/checkout@${one} # v4.2.2\n  - uses: "github/codeql-action/init@${two}"\n    uses: ./local\n`;

  it('are pinned to the same commits in our pipelines, comments included; others are named', () => {
    const ours = 'steps:\n  - uses: actions/checkout@v7\n    with: {}\n  - name: x\n    uses: actions/upload-artifact@v7\n';
    expect(pinActions(ours, pinnedActions([theirs]))).toEqual({
      text: `steps:\n  - uses: actions/checkout@${one} # v4.2.2\n    with: {}\n  - name: x\n    uses: actions/upload-artifact@v7\n`,
      unpinned: ['actions/upload-artifact@v7'],
    });
  });

  it('are none where most actions are named by version', () => {
    const mixed = `${theirs}  - uses: a/b@v1\n  - uses: a/c@v1\n`;
    expect(pinnedActions([mixed]).size).toBe(0);
    expect(pinActions('  - uses: actions/checkout@v7\n', new Map())).toEqual({ text: '  - uses: actions/checkout@v7\n', unpinned: [] });
  });
});
