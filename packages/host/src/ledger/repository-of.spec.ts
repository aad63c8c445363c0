import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { useTemporaryFolder } from '../../../system/src/testing/temporary-folder.js';
import { findRepository } from './identify-run.js';

describe('the repository of a folder', () => {
  const folder = useTemporaryFolder();
  const at = (...names: readonly string[]): string => path.join(folder(), ...names);
  const git = (cwd: string, ...args: readonly string[]): void => {
    const identity = { GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'a@b' };
    const env = { PATH: process.env['PATH'], HOME: folder(), GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', ...identity };
    execFileSync('git', args, { cwd, env, stdio: 'ignore' });
  };

  beforeEach(() => {
    git(folder(), 'init', '-q', 'main');
    git(at('main'), 'commit', '-q', '--allow-empty', '-m', 'first');
  });

  it('is the same in the main worktree, below it, and in linked ones, and another in another clone', () => {
    git(at('main'), 'worktree', 'add', '-q', at('linked'));
    mkdirSync(at('main', 'a', 'b'), { recursive: true });
    for (const place of [at('main'), at('main', 'a', 'b'), at('linked')]) expect(findRepository(place)).toBe(at('main', '.git'));
    git(folder(), 'clone', '-q', at('main'), 'clone');
    expect(findRepository(at('clone'))).toBe(at('clone', '.git'));
  });

  it('is the same in all worktrees of a bare one, and where its folder stands elsewhere', () => {
    git(folder(), 'clone', '-q', '--bare', at('main'), 'bare');
    git(at('bare'), 'worktree', 'add', '-q', '-b', 'one', at('one'));
    git(at('bare'), 'worktree', 'add', '-q', '-b', 'two', at('two'));
    expect([findRepository(at('one')), findRepository(at('two'))]).toEqual([at('bare'), at('bare')]);
    git(folder(), 'init', '-q', '--separate-git-dir', at('apart'), 'with');
    expect(findRepository(at('with'))).toBe(at('apart'));
  });

  it('is a submodule, not the repository around it', () => {
    git(at('main'), '-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', at('main'), 'sub');
    expect(findRepository(at('main', 'sub'))).toBe(at('main', '.git', 'modules', 'sub'));
  });

  it('is none outside of any, also where the folder is gone', () => {
    expect([findRepository(folder()), findRepository(at('gone'))]).toEqual([null, null]);
  });
});
