import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { addMissingLines } from './ignore-lines.js';

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
