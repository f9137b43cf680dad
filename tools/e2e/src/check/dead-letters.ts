import type { KafkaRecord } from '../kcat/read-topic.ts';

/**
 * What is wrong with `dead-letters`, in words; nothing when each record of a topic is there once, as it came.
 * @param sent by partition, in the order of their offsets
 */
export function deadLetterFaults(
  topic: string,
  sent: readonly (readonly string[])[],
  letters: readonly KafkaRecord[],
): string[] {
  const missing = new Map(
    sent.flatMap((lines, partition) => lines.map((line, offset) => [`${topic}/${partition}/${offset}`, line])),
  );
  const faults: string[] = [];
  for (const { value, headers } of letters) {
    const source = /(?:^|,)tidemark-source=([^,]+)/.exec(headers)?.[1] ?? 'no source';
    const line = missing.get(source);
    if (line === undefined) faults.push(`${source}: twice, or never sent`);
    else if (value?.toString() !== line) faults.push(`${source}: ${value?.toString()}, not ${line}`);
    missing.delete(source);
  }
  return [...faults, ...[...missing.keys()].map((source) => `${source}: missing`)];
}
