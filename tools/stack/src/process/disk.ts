import { mkdirSync, statfsSync } from 'node:fs';

import { stackUnavailable } from '../errors.ts';

const MIN_FREE_BYTES = 512 * 1024 * 1024;

/**
 * Creates the folder when it is missing.
 * @throws TM_STACK_UNAVAILABLE when it cannot be written, or its disk has less than `minFreeBytes` left
 */
export function ensureFolderWithSpace(dir: string, minFreeBytes = MIN_FREE_BYTES): void {
  try {
    mkdirSync(dir, { recursive: true });
  } catch (error) {
    throw stackUnavailable(`the data folder cannot be written: ${(error as Error).message}`, { cause: error });
  }
  const { bavail, bsize } = statfsSync(dir);
  if (bavail * bsize >= minFreeBytes) return;
  const mb = (bytes: number) => Math.floor(bytes / (1024 * 1024));
  throw stackUnavailable(
    `the disk of ${dir} has ${mb(bavail * bsize)} MB left; ${mb(minFreeBytes)} MB are needed. Free some space, or run "npm run stack -- reset --yes" to delete the stack's own data.`,
  );
}
