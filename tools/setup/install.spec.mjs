import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reasonToInstall } from './install.mjs';

describe('the need to install', () => {
  let root;
  const write = (file, seconds) => {
    writeFileSync(join(root, file), '{}');
    utimesSync(join(root, file), seconds, seconds);
  };
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'nx-fleet-install-'));
    mkdirSync(join(root, 'node_modules'));
    write('package-lock.json', 1000);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('is there while npm has not finished', () => {
    expect(reasonToInstall(root)).toBe('node_modules is missing or unfinished');
  });

  it('is there when the lockfile changed afterwards', () => {
    write('node_modules/.package-lock.json', 999);
    expect(reasonToInstall(root)).toBe('node_modules is older than package-lock.json');
  });

  it('is gone when npm finished after the last change of the lockfile', () => {
    write('node_modules/.package-lock.json', 1001);
    expect(reasonToInstall(root)).toBeNull();
  });
});
