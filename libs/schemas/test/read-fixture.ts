import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The rows of a file of `test/fixtures`, one JSON value a line. */
export function readFixture<T>(name: string): T[] {
  return readLines(name).map((line) => JSON.parse(line) as T);
}

/** The lines of a file of `test/fixtures` as they are. */
export function readLines(name: string): string[] {
  return readFileSync(join(__dirname, 'fixtures', name), 'utf8')
    .trimEnd()
    .split('\n');
}
