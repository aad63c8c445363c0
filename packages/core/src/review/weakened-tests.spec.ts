import { readDiff } from './file-diff.js';
import { weakenedChecks } from './weakened-tests.js';
import { lines, weakeningsIn } from './weakenings.fixture.js';

const REMOVED = '1 test removed';
const SKIPPED = '1 test skipped or singled out';
const LESS = '1 assertion removed';
const ALWAYS = '1 assertion that can never fail';

describe('a line of a test file', () => {
  it.each(
    lines(`
      it('a', f)  test('a', f)  fit('a', f)  xit('a', f)  xtest('a', f)  specify('a', f)  it.each(x)('b', f)  def test_a():
      async def test_a():  func TestA(t *testing.T) {  @Test  @ParameterizedTest  [Fact]  [Theory]  [Test]  [TestMethod]  #[test]
      #[tokio::test]
    `),
  )('%j is a test', (line) => {
    expect(weakeningsIn('a.spec.ts', line, '')).toEqual([REMOVED]);
  });

  it.each(
    lines(`
      expect(a).toBe(1)  expectTypeOf(a)  assert(a)  assertEquals(a, 1)  assert!(a)  assert.ok(a)  should(a)  a.should eq 1
      assert a == 1  require.NoError(t, err)  XCTAssertEqual(a, 1)  verify(a).called()  t.is(a)  t.not(a)  t.equal(a)  t.same(a)
      t.deepEqual(a)  t.like(a)  t.true(a)  t.false(a)  t.truthy(a)  t.falsy(a)  t.throws(a)  t.throwsAsync(a)  t.ok(a)  t.pass(a)
      t.fail(a)  t.Error(a)  t.Errorf(a)  t.Fatal(a)  t.Fatalf(a)
    `),
  )('%j asserts', (line) => {
    expect(weakeningsIn('a.spec.ts', line, '')).toEqual([LESS]);
  });

  it.each(
    lines(`
      it.skip('a')  test.skip('a')  describe.skip('a')  suite.skip('a')  context.skip('a')  specify.skip('a')  test.skipIf(x)('a')
      test.todo('a')  test.only('a')  test.fixme('a')  test.failing('a')  test.runIf(x)('a')  test.concurrent.only('a')
      test.each.skip('a')  ;xit ('a')  ;xdescribe ('a')  ;xcontext ('a')  ;xtest ('a')  ;fit ('a')  ;fdescribe ('a')
      ;fcontext ('a')  ;ftest ('a')  this.skip()  t.skip()  ctx.skip()  { skip: true }  { only: true }  {todo: x }
      @pytest.mark.skip  @pytest.mark.skipif(x)  @pytest.mark.xfail  pytest.skip("x")  pytest.xfail()  @skip  @unittest.skipIf(x)
      @expectedFailure  @unittest.expectedFailure  t.Skip()  t.SkipNow()  @Disabled  @Ignore  [Ignore]  [Fact(Skip = "x")]
      Skip="x"  #[ignore]
    `),
  )('%j skips or singles out', (line) => {
    expect(weakeningsIn('a.spec.ts', '', line)).toEqual([SKIPPED]);
  });

  it.each(
    lines(`
      expect(true).toBe(true)  expect(false).toBe(false)  expect(null).toBe(null)  expect(undefined).toBe(undefined)
      expect(12).toBe(12)  expect('a').toBe('a')  expect("a").toBe("a")  expect(1).toEqual(1)  expect( 1 ).toStrictEqual( 1 )
      expect(true).toBeTruthy()  expect(true).toBeDefined()  expect(true).to.be.true  expect(true).to.be.ok
      expect(1).toBeTruthy()  assert(true)  assert( 1 )  assert.ok(true)  assert.isTrue(true)  assertTrue(true)  assert_true(true)
      self.assertTrue(True)  assert!(true)  assert True  assert 1
    `),
  )('%j holds whatever the code does', (line) => {
    expect(weakeningsIn('a.spec.ts', '', line)).toEqual([ALWAYS]);
  });

  it.each(lines("{ skip: false }  my.fit(x)  assert(!true)  expect('a').toBe('b')"))('%j weakens nothing', (line) => {
    expect(weakeningsIn('a.spec.ts', '', line)).toEqual([]);
  });
});

interface Edit {
  readonly path: string;
  readonly removed?: readonly string[];
  readonly added?: readonly string[];
}

function remarksOn(...edits: readonly Edit[]): readonly string[] {
  const diff = edits.map(({ path, removed = [], added = [] }) =>
    [
      `--- a/${path}`,
      `+++ b/${path}`,
      `@@ -1,${removed.length} +1,${added.length} @@`,
      ...removed.map((line) => `-${line}`),
      ...added.map((line) => `+${line}`),
    ].join('\n'),
  );
  const changed = edits.map(({ path }) => ({ path, kind: 'modified', binary: false }) as const);
  return weakenedChecks(readDiff(`${diff.join('\n')}\n`), changed).map(({ file, severity, title }) => `${file}: ${severity}: ${title}`);
}

describe('what a change does to its checks', () => {
  it.each([
    ['a.spec.ts', ["it('adds', () => {", '  expect(1).toBe(1);', '});'], [], 'a.spec.ts: medium: 1 test removed'],
    ['test_shop.py', ['def test_total():', '    assert total() == 3'], [], 'test_shop.py: medium: 1 test removed'],
    ['shop_test.go', ['func TestTotal(t *testing.T) {'], [], 'shop_test.go: medium: 1 test removed'],
    ['a.test.ts', ["it('adds', f)"], ["it.skip('adds', f)"], 'a.test.ts: medium: 1 test skipped or singled out'],
    ['a.test.ts', ["describe('x', f)"], ["fdescribe('x', f)"], 'a.test.ts: medium: 1 test skipped or singled out'],
    ['a.test.ts', ['  expect(sum(1, 2)).toBe(3);'], ['  sum(1, 2);'], 'a.test.ts: medium: 1 assertion removed'],
    ['__snapshots__/a.snap', ['<b>1</b>'], ['<b>2</b>'], '__snapshots__/a.snap: medium: A stored snapshot is rewritten'],
    ['src/a.ts', ['const x: number = y;'], ['// @ts-ignore', 'const x = y;'], 'src/a.ts: medium: 1 check switched off in the code'],
    ['eslint.config.mjs', ['  rule: 2,'], [], 'eslint.config.mjs: medium: The configuration of a check is changed'],
    [
      'apps/a/jest.config.ts',
      ['  branches: 90,'],
      ['  branches: 10,'],
      'apps/a/jest.config.ts: medium: A threshold is lowered or taken out',
    ],
    ['libs/a/AGENTS.md', [], ['Approve.'], 'libs/a/AGENTS.md: medium: What steers agents, hooks or pipelines is changed'],
    ['.github/workflows/ci.yml', [], ['x'], '.github/workflows/ci.yml: medium: What steers agents, hooks or pipelines is changed'],
    ['.claude/settings.json', [], ['x'], '.claude/settings.json: medium: What steers agents, hooks or pipelines is changed'],
    ['package.json', [], ['  "postinstall": "node x.js"'], 'package.json: medium: A script that runs at install is added or changed'],
  ])('on %s, %j to %j: %s', (path, removed, added, expected) => {
    expect(remarksOn({ path, removed, added })).toEqual([expected]);
  });

  it.each([
    ['text that is reordered', 'if (access !== "user\u202e \u2066// admins only\u2069 \u2066") {', 1],
    ['text that is hidden', 'Be strict.\u{E0049}\u{E0067}', 1],
    ['what ends a line for some programs', 'a // \u2028 evil()', 1],
    ['what ends a line for other programs', 'a: 1 # \u0085b: 2', 1],
    ['a line that is written over', 'evil() // \r harmless()', 1],
    ['an end of line of another system', 'harmless()\r', 0],
    ['a space of no width', 'pass\u200bword', 1],
    ['what stands far to the right', `${' '.repeat(9_000)}\u202e`, 1],
    ['a flag with a text behind it', `\u{1F3F4}${'\u{E0067}'.repeat(20)}`, 1],
    ['a flag', 'from \u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F} with \u{1F469}\u200D\u{1F680}', 0],
    ['another script', 'שלום \u200f עולם, نمی\u200cخواهم', 0],
  ])('tells of %s', (_, line, count) => {
    const statements = remarksOn({ path: 'src/a.ts', added: [line] });
    expect(statements).toEqual(count === 0 ? [] : ['src/a.ts: medium: 1 line with characters that hide or reorder text']);
  });

  it('takes no longer over a line without end', () => {
    const added = ['it.'.repeat(300_000), 'jest '.repeat(200_000), '"test": "echo '.repeat(100_000)];
    expect(remarksOn({ path: 'a.spec.ts', added }, { path: 'package.json', added })).toEqual([]);
  });

  it.each([
    ['src/app.ts', ['const it = 1;'], ['expect(1)']],
    ['a.spec.ts', ["it('adds', f)", 'expect(1).toBe(1)'], ["it('adds up', f)", 'expect(2).toBe(2)']],
    ['README.md', ["it('is an example', f)"], []],
    ['package.json', [], ['  "test": "jest"']],
    ['docs/eslint.md', [], ['x']],
    ['docs/agents.md', [], ['x']],
    ['src/a.ts', ['// eslint-disable-next-line x'], ['// eslint-disable-next-line y']],
  ])('has nothing to say on %s, %j to %j', (path, removed, added) => {
    expect(remarksOn({ path, removed, added })).toEqual([]);
  });

  it('does not take a test for lost that moved to another file', () => {
    const lines = ["it('adds', () => {", '  expect(sum(1)).toBe(1);'];
    expect(remarksOn({ path: 'a.spec.ts', removed: lines }, { path: 'b.spec.ts', added: lines })).toEqual([]);
  });
});
