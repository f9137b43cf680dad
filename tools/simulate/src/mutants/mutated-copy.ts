import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Mutant } from './mutants.ts';
import { applyHunks, type FilePatch } from './patch.ts';

/** What a mutant may change and what it takes to run it. */
const COPIED = ['libs', 'tools', 'package.json'];
const LEFT_OUT = new Set(['node_modules', 'dist', 'test', 'docs']);

/**
 * A copy of the sources with the mutant's changes in it. Packages are linked, but for our own, which are the copy's, and
 * for those that the mutant changes, which are copied.
 * @param root the repository's
 * @returns its folder, which the caller removes
 * @throws Error when a patch does not apply
 */
export function createMutatedCopy(root: string, mutant: Mutant): string {
  const copy = mkdtempSync(join(tmpdir(), 'tidemark-mutant-'));
  for (const path of COPIED) {
    cpSync(join(root, path), join(copy, path), { recursive: true, filter: (from) => !LEFT_OUT.has(basename(from)) });
  }
  linkPackages(root, copy, new Set(mutant.files.flatMap(({ path }) => packageOf(path) ?? [])));
  for (const [path, text] of mutatedFiles(root, mutant)) writeFileSync(join(copy, path), text);
  return copy;
}

/** The changed files, by path. @throws Error naming the mutant when one of its patches does not apply */
export function mutatedFiles(root: string, { name, files }: Mutant): ReadonlyMap<string, string> {
  return new Map(files.map((file) => [file.path, mutated(root, name, file)]));
}

function mutated(root: string, name: string, file: FilePatch): string {
  try {
    return applyHunks(readFileSync(join(root, file.path), 'utf8'), file);
  } catch (cause) {
    const text = `mutant ${name} does not apply: ${(cause as Error).message}\nMake its patch anew for the code as it is`;
    throw new Error(text, { cause });
  }
}

/** The package of node_modules that a path lies in; undefined for our own sources. */
function packageOf(path: string): string | undefined {
  return /^node_modules\/([^/]+)\//.exec(path)?.[1];
}

function linkPackages(root: string, copy: string, changed: ReadonlySet<string>): void {
  const [from, to] = [join(root, 'node_modules'), join(copy, 'node_modules')];
  mkdirSync(join(to, '@tidemark'), { recursive: true });
  for (const name of readdirSync(from)) {
    if (name === '@tidemark') continue;
    if (changed.has(name)) cpSync(join(from, name), join(to, name), { recursive: true });
    else symlinkSync(join(from, name), join(to, name));
  }
  for (const workspace of ['libs', 'tools']) {
    for (const entry of readdirSync(join(copy, workspace), { withFileTypes: true })) {
      if (entry.isDirectory()) linkOwn(root, copy, join(workspace, entry.name));
    }
  }
}

/** One of our packages, with what npm has put into its own folder. */
function linkOwn(root: string, copy: string, path: string): void {
  symlinkSync(join(copy, path), join(copy, 'node_modules/@tidemark', basename(path)));
  const own = join(path, 'node_modules');
  if (existsSync(join(root, own))) symlinkSync(join(root, own), join(copy, own));
}
