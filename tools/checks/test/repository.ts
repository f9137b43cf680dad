import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The root folder of the repository. Jest runs this file as CommonJS. */
export const ROOT = resolve(__dirname, '../../..');

/** Files that Git tracks or would track, as paths relative to the root; a folder to leave out is git-ignored. */
export function trackedFiles(): readonly string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard'];
  const files = execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trimEnd().split('\n');
  return files.filter((file) => existsSync(join(ROOT, file)));
}

export function readText(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** Folders of all projects, relative to the root. */
export function projectDirs(files: readonly string[]): readonly string[] {
  return files
    .filter((file) => /^(apps|libs|tools)\/[^/]+\/project\.json$/.test(file))
    .map((file) => file.slice(0, -'/project.json'.length));
}
