import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The log file of a process. Each start of the launcher begins with empty ones, so that they do not grow for ever. */
export function emptyLog(logDir: string, name: string): string {
  const file = join(logDir, `${name}.log`);
  mkdirSync(logDir, { recursive: true });
  writeFileSync(file, '');
  return file;
}
