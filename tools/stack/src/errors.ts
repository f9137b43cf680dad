import { existsSync, readFileSync } from 'node:fs';

import { TidemarkError } from '@tidemark/schemas';

const TAIL_LINES = 12;

/** TM_STACK_UNAVAILABLE with a message that says what to do. */
export function stackUnavailable(message: string, options: { cause?: unknown } = {}): TidemarkError {
  return new TidemarkError('TM_STACK_UNAVAILABLE', message, options);
}

/** The last lines of a text, indented, to put under an error message; empty for no text. */
export function tail(text: string, lines = TAIL_LINES): string {
  const kept = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-lines);
  return kept.map((line) => `\n    ${line}`).join('');
}

/** The last lines of the log files that exist, each under its path. */
export function tailOfFiles(files: readonly string[]): string {
  const texts = files.filter(existsSync).map((file) => ({ file, lines: tail(readFileSync(file, 'utf8')) }));
  return texts
    .filter(({ lines }) => lines !== '')
    .map(({ file, lines }) => `\n  ${file}:${lines}`)
    .join('');
}
