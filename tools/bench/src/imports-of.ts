import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a file imports, or exports from elsewhere. */
export interface Import {
  readonly file: string;
  /** As it is written, such as `./valid-sale.ts` or `node:zlib`. */
  readonly from: string;
  /** Names of what is imported; empty where the statement has no list of them. */
  readonly names: readonly string[];
}

/** `… from 'x'`, `import 'x'`, `import('x')`, `require('x')`, each with the list of names before it, if there is one. */
const IMPORT = /(?:\{([^{}]*)\}\s*from\s+|\bfrom\s+|\bimport\s*\(?\s*|\brequire\s*\(\s*)['"]([^'"]+)['"]/g;

/** All imports of the sources in a folder, its tests left out: for tests that hold what a checker may know of. */
export function importsOf(folder: string): readonly Import[] {
  const files = readdirSync(folder).filter((file) => !file.endsWith('.test.ts'));
  return files.flatMap((file) => importsIn(file, readFileSync(join(folder, file), 'utf8')));
}

/** The imports in a source text. */
export function importsIn(file: string, text: string): readonly Import[] {
  return [...text.matchAll(IMPORT)].map(([, names = '', from = '']) => ({
    file,
    from,
    names: names
      .split(',')
      .map((name) => name.trim().replace(/^type\s+/, ''))
      .filter((name) => name !== ''),
  }));
}
