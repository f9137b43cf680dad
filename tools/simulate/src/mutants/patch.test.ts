import { applyHunks, type FilePatch, parsePatch } from './patch.ts';

const FILE = ['one', 'two', 'three', '', 'four', 'five', 'six'].join('\n');

const PATCH = `# says what it breaks
diff --git a/libs/x.ts b/libs/x.ts
--- a/libs/x.ts
+++ b/libs/x.ts
@@ -1,3 +1,3 @@
 one
-two
+2
 three
@@ -4,3 +4,4 @@ three
 
 four
+4.5
 five
`;

function only(patches: readonly FilePatch[]): FilePatch {
  expect(patches).toHaveLength(1);
  return patches[0]!;
}

it('replaces what stands there', () => {
  const patch = only(parsePatch(PATCH));
  expect(patch.path).toBe('libs/x.ts');
  expect(applyHunks(FILE, patch)).toBe(['one', '2', 'three', '', 'four', '4.5', 'five', 'six'].join('\n'));
});

it('finds lines that have moved, all hunks with them', () => {
  const moved = applyHunks(`a\nb\nc\n${FILE}`, only(parsePatch(PATCH)));
  expect(moved).toBe(['a', 'b', 'c', 'one', '2', 'three', '', 'four', '4.5', 'five', 'six'].join('\n'));
});

it('takes the nearest of several places', () => {
  const patch = only(parsePatch('--- a/f\n+++ b/f\n@@ -5,1 +5,1 @@\n-same\n+other'));
  expect(applyHunks('same\n\n\nsame\n\n\n\n\nsame', patch)).toBe('same\n\n\nother\n\n\n\n\nsame');
});

it('allows context to have changed where the place is certain', () => {
  const patch = only(parsePatch(PATCH));
  const changed = FILE.replace('one', 'eins');
  expect(applyHunks(changed, patch)).toBe(['eins', '2', 'three', '', 'four', '4.5', 'five', 'six'].join('\n'));
  expect(() => applyHunks(`${changed}\ntwo\nthree`, patch)).toThrow(/does not hold any more/);
});

it('refuses where the old lines are gone', () => {
  const patch = only(parsePatch(PATCH));
  expect(() => applyHunks(FILE.replace('two', 'zwei'), patch)).toThrow(/libs\/x\.ts does not hold any more.*line 1/);
});

it.each(['', '# nothing\n', '--- a/f\n+++ b/f\n'])('refuses a patch that changes nothing: %j', (text) => {
  expect(() => parsePatch(text)).toThrow('changes nothing');
});
