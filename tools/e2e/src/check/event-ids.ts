import type { KafkaRecord } from '../kcat/read-topic.ts';

/** What is wrong with `processed-events`, in words; nothing when each expected text is there once, under its event_id. */
export function processedFaults(expected: ReadonlyMap<string, string>, records: readonly KafkaRecord[]): string[] {
  const seen = new Set<string>();
  const faults: string[] = [];
  for (const { key, value } of records) {
    const id = key?.toString() ?? '';
    if (seen.has(id)) faults.push(`${id}: twice`);
    seen.add(id);
    if (value?.toString() !== expected.get(id)) faults.push(`${id}: ${value?.toString()}, not ${expected.get(id)}`);
  }
  return [...faults, ...[...expected.keys()].filter((id) => !seen.has(id)).map((id) => `${id}: missing`)];
}
