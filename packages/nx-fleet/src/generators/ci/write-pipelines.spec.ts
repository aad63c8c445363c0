import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import type { Tree } from '@nx/devkit';
import { parse, stringify } from 'yaml';
import { writeInto } from './pipelines.fixture.js';
import { includesOurs } from './write-pipelines.js';

const REVIEW = '.github/workflows/nx-fleet-review.yml';

const outcomes = (files: ReturnType<typeof writeInto>): readonly string[] => files.map(({ outcome }) => outcome);

describe('writing pipelines', () => {
  let tree: Tree;
  const text = (file: string): string => tree.read(file, 'utf-8') ?? '';

  beforeEach(() => {
    tree = createTreeWithEmptyWorkspace();
  });

  it('changes nothing the second time', () => {
    expect(outcomes(writeInto(tree, { provider: 'github' }))).toEqual(['written', 'written']);
    const first = text(REVIEW);
    expect(outcomes(writeInto(tree, { provider: 'github' }))).toEqual(['unchanged', 'unchanged']);
    expect(text(REVIEW)).toBe(first);
  });

  it('keeps a file that somebody edited, and writes the other', () => {
    writeInto(tree, { provider: 'github' });
    const edited = text(REVIEW).replace('timeout-minutes: 60', 'timeout-minutes: 10');
    tree.write(REVIEW, edited);
    expect(outcomes(writeInto(tree, { provider: 'github', label: 'agents' }))).toEqual(['kept', 'kept']);
    tree.delete('.github/workflows/nx-fleet-issue.yml');
    expect(outcomes(writeInto(tree, { provider: 'github' }))).toEqual(['kept', 'written']);
    expect(text(REVIEW)).toBe(edited);
  });

  it('replaces an edited file when told to', () => {
    writeInto(tree, { provider: 'github' });
    const ours = text(REVIEW);
    tree.write(REVIEW, 'on: push\n');
    expect(outcomes(writeInto(tree, { provider: 'github', overwrite: true }))).toEqual(['written', 'unchanged']);
    expect(text(REVIEW)).toBe(ours);
  });

  it('takes a formatted file for ours, and leaves it formatted', () => {
    writeInto(tree, { provider: 'github' });
    const formatted = stringify(parse(text(REVIEW)), { singleQuote: true });
    expect(formatted).not.toBe(text(REVIEW));
    tree.write(REVIEW, formatted);
    expect(outcomes(writeInto(tree, { provider: 'github' }))).toEqual(['unchanged', 'unchanged']);
    expect(text(REVIEW)).toBe(formatted);
  });

  it('keeps a file that is no valid YAML', () => {
    writeInto(tree, { provider: 'github' });
    const broken = `${text(REVIEW)}name: nx-fleet review\n`;
    tree.write(REVIEW, broken);
    expect(outcomes(writeInto(tree, { provider: 'github' }))).toEqual(['kept', 'unchanged']);
    expect(text(REVIEW)).toBe(broken);
  });

  it('makes a pipeline for GitLab that includes ours, where there is none', () => {
    writeInto(tree, { provider: 'gitlab' });
    expect(parse(text('.gitlab-ci.yml'))).toEqual({ include: [{ local: '.gitlab/nx-fleet.gitlab-ci.yml' }] });
    expect(includesOurs(tree)).toBe(true);
  });

  it('leaves a pipeline for GitLab alone, and knows that it does not include ours', () => {
    tree.write('.gitlab-ci.yml', 'include: .gitlab/other.yml\n');
    writeInto(tree, { provider: 'gitlab' });
    expect(text('.gitlab-ci.yml')).toBe('include: .gitlab/other.yml\n');
    expect(includesOurs(tree)).toBe(false);
  });
});
