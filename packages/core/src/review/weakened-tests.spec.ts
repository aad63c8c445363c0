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
