/** `1,234` */
export function grouped(count: number): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** `1,234.50` */
export function groupedDecimal(amount: number): string {
  return amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

/** `1 row`, `2 rows`, `1,000 rows` */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `2026-01-01 12:00:30`, UTC. */
export function utcTime(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 19).replace('T', ' ');
}

/** `2026-01-01 12:00:30 - 12:01:30`, UTC; the end without its day. */
export function utcWindow(startMs: number, endMs: number): string {
  return `${utcTime(startMs)} - ${utcTime(endMs).slice(11)}`;
}

/** `1.2 s` */
export function seconds(durationMs: number): string {
  return `${(durationMs / 1_000).toFixed(1)} s`;
}

/** Names come from anybody's events: without what would move the cursor, colour the terminal or break a line. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{fffd}');
}
