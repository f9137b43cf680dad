import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FilePatch, parsePatch } from './patch.ts';

/** A defect, as a change of the real code, that the simulator has to find. */
export interface Mutant {
  /** Folder and file, without `.patch`. */
  readonly name: string;
  /** What it breaks. */
  readonly clause: string;
  /** A test that finds it where the simulator cannot: it does not run that code, or does not ask for what is lost. Relative to the root. */
  readonly test?: string | undefined;
  readonly files: readonly FilePatch[];
}

/** All mutants below a folder, by name. @throws Error naming a patch that cannot be read or does not say what it breaks */
export function readMutants(folder: string): readonly Mutant[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.patch'));
  return files
    .sort()
    .map((file) => readMutant(file.slice(0, -'.patch'.length), readFileSync(join(folder, file), 'utf8')));
}

function readMutant(name: string, text: string): Mutant {
  const clause = clauseOf(text);
  if (clause === '') throw new Error(`mutant ${name}: its first line has to say what it breaks, as a comment (# …)`);
  try {
    return { name, clause, test: /^# found by: (\S+)/m.exec(text)?.[1], files: parsePatch(text) };
  } catch (error) {
    throw new Error(`mutant ${name}: ${(error as Error).message}`, { cause: error });
  }
}

/** The first line, a comment. Others may follow that say more. */
function clauseOf(text: string): string {
  return /^#\s*(?:what it breaks:)?\s*(.*)/.exec(text)?.[1] ?? '';
}
