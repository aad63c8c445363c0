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
        hunks: [
          { start: 1, end: 4 },
          { start: 11, end: 11 },
        ],
        added: ['zwei', 'drei'],
        removed: ['two', '-- looks like a header'],
      },
      { path: 'gone.ts', hunks: [{ start: 0, end: 0 }], added: [], removed: ['last'] },
      { path: 'täb\there', hunks: [{ start: 1, end: 2 }], added: ['a', 'b'], removed: [] },
      { path: 'with space.md', hunks: [{ start: 5, end: 6 }], added: ['y'], removed: ['x'] },
    ]);
  });

  it('finds nothing in nothing', () => {
    expect(readDiff('')).toEqual([]);
  });
});
