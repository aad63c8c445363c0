import { worktreeRedactor } from './worktree-secrets.js';
import { createFakeGit } from '../git/fake-git.js';
import { createFakeHost } from '../host/fake-host.js';

async function redactorOf(
  files: Record<string, string>,
  { env = {}, committed = {} }: { env?: Record<string, string>; committed?: Record<string, string> } = {},
): Promise<(text: string) => string> {
  const host = createFakeHost();
  for (const [path, text] of Object.entries(files)) host.files.set(`/w/${path}`, text);
  const git = createFakeGit();
  return worktreeRedactor({ worktree: '/w', env, base: git.commit([git.root], committed, 'base') }, { host, git });
}

describe('the redactor of a worktree', () => {
  it.each([
    ['API_KEY=abcdef1234567', 'abcdef1234567'],
    ['API_KEY=abcdef1234567 # prod', 'abcdef1234567'],
    ['API_KEY=abcdef1234567#prod', 'abcdef1234567'],
    ['API_KEY=abcdef#1234567', 'abcdef#1234567'],
    ['export API_KEY="abcdef 1234567" # prod', 'abcdef 1234567'],
    ["API_KEY = 'abcdef # 1234567'\r", 'abcdef # 1234567'],
    ['EMPTY=\nAPI_KEY=abcdef1234567', 'abcdef1234567'],
    ['API_KEY="abc\\"def1234567"', 'abc"def1234567'],
    ['NOTE="never closed\nAPI_KEY=abcdef1234567', 'abcdef1234567'],
    ['API_KEY="abcdef1234567\nghijkl1234567"', 'ghijkl1234567'],
  ])('hides what programs read from %j', async (line, secret) => {
    expect((await redactorOf({ '.env': `${line}\n` }))(`<${secret}>`)).toBe('<***>');
  });

  it('hides what programs are given', async () => {
    expect((await redactorOf({}, { env: { API_KEY: 'abcdef1234567' } }))('abcdef1234567')).toBe('***');
  });

  it.each(['.env.example', '.env.sample', '.env.template', '.env.dist', '.env.defaults', '.env.test.example', '.env.example.local'])(
    'passes over the values of %s',
    async (file) => {
      const redact = await redactorOf({ [file]: 'API_KEY=abcdef1234567', '.env.test': 'TOKEN=ghijkl1234567' });
      expect(redact('abcdef1234567 ghijkl1234567')).toBe('abcdef1234567 ***');
    },
  );

  it('leaves alone what the base has committed, in its files and in what programs are given', async () => {
    const committed = { 'docker-compose.yml': 'POSTGRES_PASSWORD: shop-dev-pw1' };
    const redact = await redactorOf(
      { '.env': 'DB_PASSWORD=shop-dev-pw1\nAPI_KEY=abcdef1234567' },
      { env: { OTHER_KEY: 'shop-dev-pw1' }, committed },
    );
    expect(redact('shop-dev-pw1 abcdef1234567')).toBe('shop-dev-pw1 ***');
  });

  it('knows the env files of projects, and looks into no folder of packages or deeper than projects stand', async () => {
    const redact = await redactorOf({
      'apps/web/.env': 'API_KEY=inapps1234567',
      'packages/shop/web/.env.local': 'API_KEY=inpackages1234567',
      'node_modules/left-pad/.env': 'API_KEY=inmodules1234567',
      'a/b/c/d/.env': 'API_KEY=toodeep1234567',
    });
    expect(redact('inapps1234567 inpackages1234567 inmodules1234567 toodeep1234567')).toBe('*** *** inmodules1234567 toodeep1234567');
  });

  it('passes over a folder with the name of an env file, and fails with one that cannot be read', async () => {
    const failing = (code: string): Promise<unknown> => {
      const host = {
        listDirectory: async () => ['.env'],
        readFile: (): Promise<never> => Promise.reject(Object.assign(new Error(code), { code })),
      };
      return worktreeRedactor({ worktree: '/w', env: {}, base: 'main' }, { host, git: createFakeGit() });
    };
    await expect(failing('EISDIR')).resolves.toBeDefined();
    await expect(failing('EACCES')).rejects.toThrow('EACCES');
  });
});
