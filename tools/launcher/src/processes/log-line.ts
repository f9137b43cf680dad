const REPEATED_WITHIN_MS = 10_000;
const SHOWN_LEVELS = new Set(['warn', 'error', 'fatal']);

/** One line of a worker's log, for people; undefined for one that need not be seen. */
export function describeLogLine(line: string): string | undefined {
  if (line.startsWith('{')) return describeEntry(line);
  // Stack traces and Node's own warnings stay in the file; a plain line is what a worker says when it cannot go on.
  return /^\s|^$|^\(node:|^\(Use `node|^Node\.js v|^\^/.test(line) ? undefined : line;
}

function describeEntry(line: string): string | undefined {
  const { level, msg, err } = parseEntry(line);
  if (typeof level !== 'string' || !SHOWN_LEVELS.has(level)) return undefined;
  const reason = typeof err === 'object' && err !== null && 'message' in err ? `: ${String(err.message)}` : '';
  return `${level}: ${String(msg ?? '')}${reason}`;
}

function parseEntry(line: string): { level?: unknown; msg?: unknown; err?: unknown } {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return { level: 'warn', msg: line };
  }
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
