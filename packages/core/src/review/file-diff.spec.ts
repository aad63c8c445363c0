import { readDiff } from './file-diff.js';

const diff = `diff --git a/src/app.ts b/src/app.ts
index 1111111..2222222 100644
--- a/src/app.ts
+++ b/src/app.ts
@@ -1,3 +1,4 @@
 one
-two
+zwei
+drei
 three
@@ -10 +11,0 @@ function x() {
--- looks like a header
diff --git a/gone.ts b/gone.ts
deleted file mode 100644
--- a/gone.ts
+++ /dev/null
@@ -1 +0,0 @@
-last
\\ No newline at end of file
diff --git a/logo.png b/logo.png
Binary files a/logo.png and b/logo.png differ
diff --git "a/t\\303\\244b\\there" "b/t\\303\\244b\\there"
new file mode 100644
--- /dev/null
+++ "b/t\\303\\244b\\there"
@@ -0,0 +1,2 @@
+a
+b
diff --git a/with space.md b/with space.md
--- a/with space.md\t
+++ b/with space.md\t
@@ -5,2 +5,2 @@
-x
+y
 z
`;

describe('readDiff', () => {
  it('gives each file its hunks, in lines after the change, and its lines', () => {
    expect(readDiff(diff)).toEqual([
      {
        path: 'src/app.ts',
        from: null,
        hunks: [
          { start: 1, end: 4 },
          { start: 11, end: 11 },
        ],
        added: ['zwei', 'drei'],
        removed: ['two', '-- looks like a header'],
      },
      { path: 'gone.ts', from: null, hunks: [{ start: 0, end: 0 }], added: [], removed: ['last'] },
      { path: 'täb\there', from: null, hunks: [{ start: 1, end: 2 }], added: ['a', 'b'], removed: [] },
      { path: 'with space.md', from: null, hunks: [{ start: 5, end: 6 }], added: ['y'], removed: ['x'] },
    ]);
  });

  it('tells what a file was called before, with lines and without', () => {
    const renames = `diff --git a/old.ts b/new.ts
similarity index 100%
rename from old.ts
rename to new.ts
diff --git a/logo.png b/logo.png
Binary files a/logo.png and b/logo.png differ
diff --git "a/t\\tab.ts" b/tab.ts
similarity index 90%
rename from "t\\tab.ts"
rename to tab.ts
index 1111111..2222222 100644
--- "a/t\\tab.ts"
+++ b/tab.ts
@@ -1,2 +1,2 @@
-one
+eins
 two
diff --git a/run.sh b/run.sh
old mode 100644
new mode 100755
`;
    expect(readDiff(renames)).toEqual([
      { path: 'new.ts', from: 'old.ts', hunks: [], added: [], removed: [] },
      { path: 'tab.ts', from: 't\tab.ts', hunks: [{ start: 1, end: 2 }], added: ['eins'], removed: ['one'] },
    ]);
  });

  it('takes no line of the text for a header', () => {
    const text = `diff --git a/a.patch b/a.patch
--- a/a.patch
+++ b/a.patch
@@ -1,4 +1,4 @@
--- a/evil.ts
-rename from evil.ts
+++ b/evil.ts
+diff --git a/evil.ts b/evil.ts
 @@ -1 +1 @@
 x\r
\\ No newline at end of file
`;
    expect(readDiff(text)).toEqual([
      {
        path: 'a.patch',
        from: null,
        hunks: [{ start: 1, end: 4 }],
        added: ['++ b/evil.ts', 'diff --git a/evil.ts b/evil.ts'],
        removed: ['-- a/evil.ts', 'rename from evil.ts'],
      },
    ]);
  });

  it('finds nothing in nothing', () => {
    expect(readDiff('')).toEqual([]);
  });
});
