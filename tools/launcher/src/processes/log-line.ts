import { printable } from '../tables/format.ts';

const REPEATED_WITHIN_MS = 10_000;
const SHOWN_LEVELS = new Set(['warn', 'error', 'fatal']);

const MAX_CHARS = 160;

/** One line of a worker's log, for people; undefined for one that need not be seen. */
export function describeLogLine(line: string): string | undefined {
  if (line.startsWith('{')) return describeEntry(line);
  // Stack traces and Node's own warnings stay in the file; a plain line is what a worker says when it cannot go on.
  return /^\s|^$|^\(node:|^\(Use `node|^Node\.js v|^\^/.test(line) ? undefined : shorten(line);
}

interface LogEntry {
  readonly level?: unknown;
  readonly msg?: unknown;
  readonly err?: { readonly message?: unknown } | null;
  readonly reason?: unknown;
}

function describeEntry(line: string): string | undefined {
  const { level, msg, err, reason } = parseEntry(line);
  if (typeof level !== 'string' || !SHOWN_LEVELS.has(level)) return undefined;
  const texts = [msg, err?.message ?? reason].filter((text) => typeof text === 'string');
  return shorten(`${level}: ${texts.join(': ')}`);
}

function parseEntry(line: string): LogEntry {
  try {
    return JSON.parse(line) as LogEntry;
  } catch {
    return { level: 'warn', msg: line };
  }
}

function shorten(text: string): string {
  const safe = printable(text);
  return safe.length <= MAX_CHARS ? safe : `${safe.slice(0, MAX_CHARS - 1)}…`;
}

/** Passes a text on unless the same one was passed on a short while ago, so that a flood of one message is one line. */
export function createRepeatFilter(nowMs: () => number): (text: string) => boolean {
  const lastMs = new Map<string, number>();
  return (text) => {
    const now = nowMs();
    for (const [seen, atMs] of lastMs) if (now - atMs >= REPEATED_WITHIN_MS) lastMs.delete(seen);
    if (lastMs.has(text)) return false;
    lastMs.set(text, now);
    return true;
  };
}
