import { planWorktree, assertAcyclic, type WorktreeRequest } from './plan-worktree.js';
import type { Issue } from '../issue/issue.js';
import { manifestSchema } from '../manifest/manifest.js';

const issue: Issue = { reference: '42', title: 'Dark mode', body: 'Do it.', state: 'open', url: 'https://x.test/42', blockedBy: [] };
const base = 'a'.repeat(40);

function request(change: Partial<WorktreeRequest> = {}): WorktreeRequest {
  const tracker = { type: 'github', reference: change.issue?.reference ?? issue.reference };
  return { issue, tracker, again: false, base, blockedBy: [], worktreesDirectory: '/repo.worktrees', existing: null, ...change };
}

describe('planWorktree', () => {
  it('holds all that the worktree will be', () => {
    expect(planWorktree(request({ blockedBy: ['issue-9', 'issue-7', 'issue-9'] }))).toEqual({
      manifest: {
        version: 1,
        project: 'issue-42',
        title: 'Dark mode',
        branch: 'issue/42-dark-mode',
        base,
        round: 1,
        blockedBy: ['issue-7', 'issue-9'],
        tracker: { type: 'github', reference: '42', url: 'https://x.test/42' },
      },
      spec: '# Dark mode\n\nDo it.\n',
      branchStart: base,
      worktree: '/repo.worktrees/issue-42',
      here: false,
    });
  });

  it.each([
    ['an issue that is there, when that is asked for', { adopt: true }, true],
    ['no new issue that has no branch yet', { adopt: true, existing: null }, undefined],
    ['nothing unasked', {}, undefined],
  ])('adopts %s, and keeps its base', (_, change, adopted) => {
    const existing = { ...planWorktree(request()).manifest, base: 'b'.repeat(40) };
    const { manifest } = planWorktree(request({ existing, ...change }));
    expect(manifest.adopted).toBe(adopted);
    expect(manifest.base).toBe('existing' in change ? base : existing.base);
  });

  it('makes a manifest that can be read again, whatever the issue is called', () => {
    const { manifest } = planWorktree(request({ issue: { ...issue, reference: '../PROJ-7', title: '\u001b[31m\n' } }));
    expect(manifestSchema.parse(manifest)).toMatchObject({
      project: 'issue-proj-7',
      title: 'issue-proj-7',
      branch: 'issue/proj-7-issue-proj-7',
    });
  });

  it("takes a branch with someone's work on it, and knows so ever after", () => {
    const tip = 'c'.repeat(40);
    const plan = planWorktree(request({ branch: 'mine', adopts: tip }));
    expect(plan).toMatchObject({ branchStart: tip, manifest: { adopted: true, branch: 'mine', base } });
    expect(planWorktree(request({ existing: plan.manifest })).manifest).toEqual(plan.manifest);
  });

  it('does not call a branch adopted that was built here', () => {
    const { manifest } = planWorktree(request());
    expect(planWorktree(request({ existing: manifest, adopts: 'c'.repeat(40) })).manifest).toEqual(manifest);
  });

  it('uses a checkout that is there', () => {
    expect(planWorktree(request({ here: '/checkout' }))).toMatchObject({ here: true, worktree: '/checkout' });
  });

  it('keeps base and branch of an issue that is there already, and takes its new text and blockers', () => {
    const existing = planWorktree(request()).manifest;
    const again = planWorktree(
      request({
        existing,
        base: 'b'.repeat(40),
        blockedBy: ['issue-1'],
        issue: { ...issue, title: 'Darker', body: 'More.' },
      }),
    );
    expect(again.manifest).toEqual({ ...existing, title: 'Darker', blockedBy: ['issue-1'] });
    expect(again.spec).toBe('# Darker\n\nMore.\n');
  });

  it('counts a round up when all of it is to be done again, and not for an issue that is new', () => {
    const existing = planWorktree(request({ again: true })).manifest;
    expect(existing.round).toBe(1);
    expect(planWorktree(request({ existing, again: true })).manifest).toEqual({ ...existing, round: 2 });
    expect(planWorktree(request({ existing: { ...existing, round: 2 } })).manifest.round).toBe(2);
  });

  it('refuses another branch for an issue that is there already', () => {
    const existing = planWorktree(request()).manifest;
    expect(() => planWorktree(request({ existing, branch: 'other' }))).toThrow('"issue-42" is on "issue/42-dark-mode" already');
    expect(planWorktree(request({ existing, branch: 'issue/42-dark-mode' })).manifest).toEqual(existing);
  });

  it('never lets an issue wait for itself', () => {
    expect(planWorktree(request({ blockedBy: ['issue-42'] })).manifest.blockedBy).toEqual([]);
  });

  it('refuses another issue that would get the same project', () => {
    const existing = planWorktree(request({ issue: { ...issue, reference: 'dark_mode' } })).manifest;
    expect(() => planWorktree(request({ existing, issue: { ...issue, reference: 'dark-mode' } }))).toThrow(
      '"dark-mode" and "dark_mode" would both be "issue-dark-mode".',
    );
  });
});

describe('assertAcyclic', () => {
  it('takes issues that wait for others, a shared one and one that is not there', () => {
    const blockedBy = new Map([
      ['a', ['b', 'c']],
      ['b', ['d']],
      ['c', ['d', 'elsewhere']],
      ['d', []],
    ]);
    expect(() => assertAcyclic(blockedBy)).not.toThrow();
  });

  it('names the circle and not the way to it', () => {
    const blockedBy = new Map([
      ['start', ['a']],
      ['a', ['b']],
      ['b', ['a']],
    ]);
    expect(() => assertAcyclic(blockedBy)).toThrow(/^"a" waits for "b" waits for "a": nothing could start\./);
  });

  it('refuses an issue that waits for itself', () => {
    expect(() => assertAcyclic(new Map([['a', ['a']]]))).toThrow(/^"a" waits for "a":/);
  });

  it('is done with a wide and deep net at once', () => {
    const layers = Array.from({ length: 40 }, (_, layer) => [`${layer}-a`, `${layer}-b`]);
    const blockedBy = new Map(layers.flatMap((names, layer) => names.map((name) => [name, layers[layer + 1] ?? []] as const)));
    expect(() => assertAcyclic(blockedBy)).not.toThrow();
  });
});
