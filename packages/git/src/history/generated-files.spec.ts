import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTestRepository, type TestRepository } from '../testing/repository.fixture.js';

const ODD = ['src/gen/a b.ts', 'src/gen/line\nbreak "ü".ts', 'src/gen/-x', 'src/gen/:(glob)y'];

describe('marks of generated files', () => {
  let repository: TestRepository;
  beforeEach(async () => {
    repository = await createTestRepository();
  });
  afterEach(() => repository.remove());

  it("are the base's attributes, in each folder, for paths with any characters", async () => {
    const base = await repository.commit('base', {
      '.gitattributes': 'src/gen/** linguist-generated=true\n*.snap -diff\n*.png binary\n*.svg linguist-generated\n*.txt diff=word\n',
      'docs/.gitattributes':
        '*.md linguist-generated\n*.svg -linguist-generated\n*.html linguist-generated=false\n*.css linguist-generated=\n',
    });
    const marked = [...ODD, 'a/b.snap', 'c.png', 'd.svg', 'docs/e.md'];
    const others = ['a.md', 'docs/d.svg', 'docs/f.html', 'docs/g.css', 'h.txt', 'src/app.ts'];
    expect([...(await repository.git.generatedMarks(base, [...others, ...marked]))]).toEqual([
      ...ODD.map((path) => [path, 'linguist-generated']),
      ['a/b.snap', '-diff'],
      ['c.png', 'binary'],
      ['d.svg', 'linguist-generated'],
      ['docs/e.md', 'linguist-generated'],
    ]);
  });

  it('are not those of the work tree, of the user or of this clone', async () => {
    const base = await repository.commit('base', { 'a.txt': 'x\n' });
    await repository.write('.gitattributes', '* -diff\n');
    await repository.write('attributes', '* -diff\n');
    await repository.run(['config', 'core.attributesFile', join(repository.path, 'attributes')]);
    await mkdir(join(repository.path, '.git', 'info'), { recursive: true });
    await writeFile(join(repository.path, '.git', 'info', 'attributes'), '* -diff\n');
    expect(await repository.git.generatedMarks(base, ['a.txt'])).toEqual(new Map());
    expect(await repository.git.generatedMarks(base, [])).toEqual(new Map());
  });
});
