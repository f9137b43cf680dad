/** Fields that a reader at a terminal does not need on every line. */
const LEFT_OUT = new Set(['level', 'time', 'msg', 'name', 'err']);

/** One JSON log line as a short line for people: time, level, message, key=value. */
export function toHumanLine(jsonLine: string): string {
  const entry = JSON.parse(jsonLine) as Record<string, unknown>;
  const time = String(entry.time).slice(11, 23);
  const level = String(entry.level).toUpperCase().padEnd(5);
  const fields = Object.entries(entry)
    .filter(([name]) => !LEFT_OUT.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? quoteIfNeeded(value) : JSON.stringify(value)}`);
  return [time, level, `[${String(entry.name)}]`, entry.msg, ...fields, ...describeError(entry.err)].join(' ') + '\n';
}

/** JSON text escapes what would move the cursor. */
function quoteIfNeeded(text: string): string {
  return /^[\w.:/-]+$/.test(text) ? text : JSON.stringify(text);
}

function describeError(error: unknown): string[] {
  if (typeof error !== 'object' || error === null) return [];
  const { message, stack } = error as { message?: string; stack?: string };
  return [`error=${quoteIfNeeded(message ?? '')}`, ...(stack ? [`\n${stack}`] : [])];
}
