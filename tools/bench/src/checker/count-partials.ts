import type { ReadTopic } from './check-results.ts';

/** Partial rows by topic; what combine tasks promise about event time travels in the same topics and does not count. */
export async function countPartialRows(
  readTopic: ReadTopic,
  topics: readonly string[],
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const topic of topics) {
    let count = 0;
    await readTopic(topic, (value) => {
      if (isPartialRow(value)) count += 1;
    });
    counts[topic] = count;
  }
  return counts;
}

/** Records are arrays: form's version, kind ("d" is data, "p" a promise), … */
function isPartialRow(value: Buffer | null): boolean {
  const kind = (JSON.parse(value?.toString() ?? 'null') as unknown[] | null)?.[1];
  if (kind !== 'd' && kind !== 'p') throw new Error(`neither a partial row nor a promise: ${value?.toString()}`);
  return kind === 'd';
}
