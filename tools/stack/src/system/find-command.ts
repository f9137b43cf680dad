import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Servers live in folders that are not on every user's PATH. */
const MORE_DIRS = ['/usr/local/bin', '/usr/bin', '/usr/local/sbin', '/usr/sbin', '/opt/homebrew/bin'];

/** The absolute path of a command, from PATH and the usual folders; undefined when there is none. */
export function findCommand(name: string, path = process.env['PATH'] ?? ''): string | undefined {
  const dirs = [...path.split(delimiter).filter((dir) => dir !== ''), ...MORE_DIRS];
  return dirs.map((dir) => join(dir, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
