import { changedProjects, type WorkspaceProject } from './project-parts.js';
import type { TreeFile } from '../git/git.js';

const file = (path: string, object = 'old', mode = '100644'): TreeFile => ({ path, mode, object });
const project = (name: string, root: string, ...dependencies: string[]): WorkspaceProject => ({
  name,
  root,
  dependencies,
  reviewedBy: 'itself',
});

const PROJECTS = [
  project('app', 'apps/app', 'ui'),
  project('ui', 'libs/ui', 'core'),
  project('core', 'libs/core', 'ui'),
  project('inner', 'libs/ui/inner'),
  project('other', 'libs/other'),
  project('fleet', '.nx-fleet'),
];
const BEFORE = [
  file('AGENTS.md'),
  file('README.md'),
  file('apps/app/main.ts'),
  file('libs/AGENTS.md'),
  file('libs/core/AGENTS.md'),
  file('libs/core/core.ts'),
  file('libs/core/core.spec.ts'),
  file('libs/other/AGENTS.md'),
  file('libs/other/other.ts'),
  file('libs/ui/inner/inner.ts'),
  file('libs/ui/ui.ts'),
];

/** The change that sets files, or removes them. */
function change(files: Readonly<Record<string, string | null>>) {
  const kept = BEFORE.filter(({ path }) => !Object.hasOwn(files, path));
  const set = Object.entries(files).flatMap(([path, object]) => (object === null ? [] : [file(path, object)]));
  return changedProjects(PROJECTS, { before: BEFORE, after: [...kept, ...set] }, { rest: 'fleet', steering: [] });
}
const paths = (files: readonly TreeFile[]): readonly string[] => files.map(({ path }) => path).toSorted();

describe('the projects that a change touches', () => {
  it('are those that own a file that is new, gone or different', () => {
    expect(change({ 'apps/app/main.ts': 'new', 'libs/other/other.ts': null, 'libs/ui/inner/new.ts': 'new' }).names).toEqual([
      'app',
      'inner',
      'other',
    ]);
    expect(change({}).names).toEqual([]);
  });

  it('count a file whose mode alone is different', () => {
    const after = BEFORE.map((one) => (one.path === 'libs/ui/ui.ts' ? { ...one, mode: '100755' } : one));
    expect(changedProjects(PROJECTS, { before: BEFORE, after }, { rest: 'fleet', steering: [] }).names).toEqual(['ui']);
  });

  it('leave what is outside all of them to the one that stands for the rest, where a root project does not own it', () => {
    expect(change({ 'README.md': 'new' }).names).toEqual(['fleet']);
    const withRoot = [...PROJECTS, project('root', '.')];
    const after = [...BEFORE, file('x.txt')];
    expect(changedProjects(withRoot, { before: BEFORE, after }, { rest: 'fleet', steering: [] }).names).toEqual(['root']);
  });

  it('leave a project that cannot have a review of its own to the rest', () => {
    const projects = PROJECTS.map((one) => (one.name === 'other' ? { ...one, reviewedBy: 'rest' as const } : one));
    const after = BEFORE.filter(({ path }) => path !== 'libs/other/other.ts');
    expect(changedProjects(projects, { before: BEFORE, after }, { rest: 'fleet', steering: [] }).names).toEqual(['fleet']);
  });

  it('leave a project that is gone to the rest', () => {
    const after = BEFORE.filter(({ path }) => !path.startsWith('libs/other/'));
    const projects = PROJECTS.filter(({ name }) => name !== 'other');
    expect(changedProjects(projects, { before: BEFORE, after }, { rest: 'fleet', steering: [] }).names).toEqual(['fleet']);
  });

  it('see a file that moves as gone in one and new in the other', () => {
    const moved = change({ 'libs/other/other.ts': null, 'apps/app/other.ts': 'old' });
    expect(moved.names).toEqual(['app', 'other']);
    expect(paths(moved.part('other').after)).not.toContain('libs/other/other.ts');
    expect(paths(moved.part('app').before)).not.toContain('apps/app/other.ts');
  });
});

describe("a project's part of a change", () => {
  it('is its own files before and after', () => {
    const { before, after } = change({ 'apps/app/main.ts': 'new' }).part('app');
    const differing = after.filter(({ path, object }) => before.find((one) => one.path === path)?.object !== object);
    expect(paths(differing)).toEqual(['apps/app/main.ts']);
  });

  it('comes with what the project depends on, directly or not, as it is after the change and without tests', () => {
    const { before, after } = change({ 'apps/app/main.ts': 'new', 'libs/core/core.ts': 'newer' }).part('app');
    expect(paths(after).filter((path) => path.startsWith('libs/'))).toEqual([
      'libs/AGENTS.md',
      'libs/core/AGENTS.md',
      'libs/core/core.ts',
      'libs/ui/ui.ts',
    ]);
    for (const files of [before, after]) expect(files).toContainEqual(file('libs/core/core.ts', 'newer'));
  });

  it('comes with the rules that hold there, as they were before', () => {
    const { after } = change({ 'libs/other/other.ts': 'new', 'AGENTS.md': 'lax', 'libs/core/AGENTS.md': 'lax' }).part('other');
    expect(after).toContainEqual(file('AGENTS.md', 'old'));
    expect(after).toContainEqual(file('libs/AGENTS.md', 'old'));
    expect(paths(after)).not.toContain('libs/core/AGENTS.md');
  });

  it('shows a change of its own rules', () => {
    const { before, after } = change({ 'libs/other/AGENTS.md': 'lax' }).part('other');
    expect(before).toContainEqual(file('libs/other/AGENTS.md', 'old'));
    expect(after).toContainEqual(file('libs/other/AGENTS.md', 'lax'));
  });

  it('leaves out what cannot stand beside its own files: a submodule that has become a project', () => {
    const projects = [project('root', '.', 'x', 'y'), project('x', 'libs/x'), project('y', 'libs/y')];
    const submodule = file('libs/x', 'commit', '160000');
    const [inside, beside] = [file('libs/x/index.ts'), file('libs/y/index.ts')];
    const parts = changedProjects(projects, { before: [submodule, beside], after: [inside, beside] }, { rest: 'fleet', steering: [] });
    expect(parts.names).toEqual(['root', 'x']);
    expect(parts.part('root')).toEqual({ project: 'root', before: [submodule, beside], after: [beside] });
    expect(parts.part('x')).toEqual({ project: 'x', before: [], after: [inside] });
  });

  it('leaves out a rule where a folder of its own stands now', () => {
    const projects = [project('root', '.'), project('docs', 'AGENTS.md')];
    const parts = changedProjects(
      projects,
      { before: [file('AGENTS.md')], after: [file('AGENTS.md/index.ts')] },
      { rest: 'fleet', steering: [] },
    );
    expect(parts.part('docs')).toEqual({ project: 'docs', before: [], after: [file('AGENTS.md/index.ts')] });
  });

  it('is the same whatever else is changed', () => {
    const one = change({ 'apps/app/main.ts': 'new' }).part('app');
    const other = change({
      'apps/app/main.ts': 'new',
      'libs/other/other.ts': 'new',
      'README.md': 'new',
      'libs/core/core.spec.ts': 'new',
    }).part('app');
    expect(paths(other.after)).toEqual(paths(one.after));
    expect(new Set(other.after)).toEqual(new Set(one.after));
  });
});
