/** A change of some lines of a file: what stands there, context included, and what comes in its place. */
export interface Hunk {
  /** Line of the old file that it begins at, from 1, as the patch says; it may have moved since. */
  readonly line: number;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** One file's part of a unified diff. */
export interface FilePatch {
  /** Relative to the repository's root. */
  readonly path: string;
  readonly hunks: readonly Hunk[];
}

const HUNK_HEAD = /^@@ -(\d+)(?:,\d+)? \+\d+(?:,\d+)? @@/;

/** Reads a unified diff; what stands before its first file is ignored. @throws Error for one without any change */
export function parsePatch(text: string): readonly FilePatch[] {
  const files: { path: string; hunks: { line: number; before: string[]; after: string[] }[] }[] = [];
  for (const line of text.trimEnd().split('\n')) {
    const target = /^\+\+\+ (?:b\/)?(\S+)/.exec(line);
    const head = HUNK_HEAD.exec(line);
    const hunk = files.at(-1)?.hunks.at(-1);
    if (target) files.push({ path: target[1]!, hunks: [] });
    else if (line.startsWith('--- ') || line.startsWith('diff ') || line.startsWith('index ')) continue;
    else if (head) files.at(-1)?.hunks.push({ line: Number(head[1]), before: [], after: [] });
    else if (hunk !== undefined) addLine(hunk, line);
  }
  if (files.length === 0 || files.some(({ hunks }) => hunks.length === 0)) throw new Error('it changes nothing');
  return files;
}

function addLine(hunk: { readonly before: string[]; readonly after: string[] }, line: string): void {
  const [sign, text] = [line[0], line.slice(1)];
  // Editors take the blank off an empty line of context.
  const isContext = sign === ' ' || sign === undefined;
  if (isContext || sign === '-') hunk.before.push(text);
  if (isContext || sign === '+') hunk.after.push(text);
}

/**
 * The file with all hunks applied, each where its old lines stand, the nearest to where they stood.
 * @throws Error when old lines are not there any more
 */
export function applyHunks(text: string, { path, hunks }: FilePatch): string {
  let lines: readonly string[] = text.split('\n');
  let moved = 0;
  for (const hunk of hunks) {
    const fitting = fit(lines, hunk, moved);
    const { line, before, after } = fitting ?? hunk;
    const at = fitting && nearest(lines, before, line - 1 + moved);
    if (at === undefined)
      throw new Error(`${path} does not hold any more what stood at line ${line}: ${before.join('\n')}`);
    lines = [...lines.slice(0, at), ...after, ...lines.slice(at + before.length)];
    moved = at - (line - 1) + after.length - before.length;
  }
  return lines.join('\n');
}

/** How many context lines at the two ends may have changed, as `patch` allows it: the fewest first. */
const FUZZ = [0, 1, 2, 3]
  .flatMap((head) => [0, 1, 2, 3].map((tail) => [head, tail] as const))
  .sort((a, b) => a[0] + a[1] - b[0] - b[1])
  .slice(1);

/** The hunk with as much of its context as still stands somewhere; less of it only where that is one place. */
function fit(lines: readonly string[], hunk: Hunk, moved: number): Hunk | undefined {
  if (nearest(lines, hunk.before, hunk.line - 1 + moved) !== undefined) return hunk;
  const [head, tail] = [
    commonHead(hunk.before, hunk.after),
    commonHead(hunk.before.toReversed(), hunk.after.toReversed()),
  ];
  for (const [fuzzHead, fuzzTail] of FUZZ) {
    const [first, last] = [Math.min(fuzzHead, head), Math.min(fuzzTail, tail)];
    const cut = (all: readonly string[]) => all.slice(first, all.length - last);
    const [before, after] = [cut(hunk.before), cut(hunk.after)];
    if (before.length > 0 && placesOf(lines, before).length === 1) return { line: hunk.line + first, before, after };
  }
  return undefined;
}

function commonHead(a: readonly string[], b: readonly string[]): number {
  const length = a.findIndex((line, index) => line !== b[index]);
  return length === -1 ? a.length : length;
}

function placesOf(lines: readonly string[], before: readonly string[]): number[] {
  return lines.flatMap((_, at) => (before.every((line, index) => lines[at + index] === line) ? [at] : []));
}

function nearest(lines: readonly string[], before: readonly string[], wanted: number): number | undefined {
  return placesOf(lines, before).sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted))[0];
}
