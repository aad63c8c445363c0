import { createTestRepository, type TestRepository } from '../testing/repository.fixture.js';

describe('what git tracks', () => {
  let repository: TestRepository;
  beforeEach(async () => {
    repository = await createTestRepository();
    await repository.commit('files', {
      'compose.yml': 'PASSWORD: shop-dev-1\nOTHER: a.b*c "quoted value"\n',
      '.env': 'URL=postgres://db/shop\n',
      'apps/api/.env.test': 'A=1\n',
      'apps/api/project.json': '{"a": "mysql://h"}',
      'project.json': '{}',
    });
    await repository.write('.env.local', 'URL=postgres://untracked\n');
  });
  afterEach(() => repository.remove());

  it('holds texts as whole words of one line, taken literally', async () => {
    const texts = ['shop-dev-1', 'dev', 'dev-', 'a.b*c', 'aXb*c', 'quoted value', 'PASS', 'not there', '-e', '', 'a\nb', 'untracked'];
    expect(await repository.git.textsIn('HEAD', texts)).toEqual(new Set(['shop-dev-1', 'a.b*c', 'quoted value']));
    expect(await repository.git.textsIn('HEAD', [])).toEqual(new Set());
  });

  it('holds none in a partial clone, which would be fetched for it', async () => {
    await repository.run(['config', 'remote.origin.promisor', 'true']);
    expect(await repository.git.textsIn('HEAD', ['shop-dev-1'])).toEqual(new Set());
  });

  it('is found by name, and by what it holds', async () => {
    const { git, path } = repository;
    const search = { pathspecs: [':(glob)**/.env*', ':(glob)**/project.json'] };
    expect([...(await git.trackedMatching(path, search))].toSorted()).toEqual([
      '.env',
      'apps/api/.env.test',
      'apps/api/project.json',
      'project.json',
    ]);
    expect([...(await git.trackedMatching(path, { ...search, text: '://' }))].toSorted()).toEqual(['.env', 'apps/api/project.json']);
    expect(await git.trackedMatching(path, { ...search, text: 'nowhere' })).toEqual([]);
  });
});
