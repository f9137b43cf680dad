/** Why a process ended, as it said last in its log: the last line that is neither a log record nor a line of a stack. */
export function lastWordsIn(log: string): string {
  const lines = log.split('\n').filter((line) => line.trim() !== '' && !/^(\{|---|\s+at |\(node:|\(Use )/.test(line));
  return lines.at(-1)?.trim() ?? 'it said nothing';
}
