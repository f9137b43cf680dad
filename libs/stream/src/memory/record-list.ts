import type { OutputBuffer, OutputRecord } from '../ports/log.ts';

/** An output buffer that keeps the records as they are. */
export class RecordList implements OutputBuffer {
  readonly records: OutputRecord[] = [];

  add(record: OutputRecord): void {
    this.records.push(record);
  }

  get countByTopic(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { topic } of this.records) counts.set(topic, (counts.get(topic) ?? 0) + 1);
    return counts;
  }
}

/** What was given to a send, as records. */
export function recordsOf(given: readonly OutputRecord[] | OutputBuffer): readonly OutputRecord[] {
  if (given instanceof RecordList) return given.records;
  if (!Array.isArray(given)) throw new TypeError('this buffer was made by another adapter');
  return given as readonly OutputRecord[];
}
