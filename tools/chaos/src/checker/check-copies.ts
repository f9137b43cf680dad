import { crc32 } from 'node:zlib';
import type { Findings } from './anomalies.ts';
import type { LateEvents } from './check-late.ts';
import { eventNumber } from './events.ts';
import { at, type CountedHistory, type HistoryRecord } from './history.ts';
import type { CopyTopic, SaleTable } from './sale-table.ts';

/**
 * Each valid sale has to be in the topic exactly once, with the right bytes, and the sales of a source partition in its
 * order on each partition of the topic.
 */
export async function checkCopies(
  history: CountedHistory,
  topic: CopyTopic,
  sales: SaleTable,
  late: LateEvents,
  findings: Findings,
): Promise<void> {
  const seen = new Uint8Array(sales.size);
  const order = createOrder(sales, findings);
  /** Largest source offset seen, by source partition. */
  const reached = new Map<number, number>();
  await history.read(topic, (record) => {
    if (topic === 'processed-events') late.confirm(record);
    const number = numberOf(record);
    if (number === undefined || sales.timesSent(number) === 0) {
      findings.add('G1a', `${at(record)}: ${textOf(record)}: no committed sale has this id`);
      return;
    }
    seen[number]! += 1;
    if (seen[number]! > sales.timesSent(number)) findings.add('duplicate', `${at(record)}: event_${number}`);
    if (crc32(record.value ?? '') !== sales.checksum(number, topic)) {
      findings.add('inconsistent-offsets', `${at(record)}: ${textOf(record)} is not what its sale makes`);
    }
    order(number, record);
    const partition = sales.partition(number);
    reached.set(partition, Math.max(reached.get(partition) ?? -1, sales.offset(number)));
  });
  reportMissing(topic, sales, seen, reached, findings);
}

function reportMissing(
  topic: string,
  sales: SaleTable,
  seen: Uint8Array,
  reached: ReadonlyMap<number, number>,
  findings: Findings,
): void {
  for (let number = 0; number < sales.size; number++) {
    if (seen[number]! >= sales.timesSent(number)) continue;
    const [partition, offset] = [sales.partition(number), sales.offset(number)];
    const isPassed = offset < (reached.get(partition) ?? -1);
    const text = `${topic}: event_${number}, sales-events/${partition}/${offset}`;
    findings.add(isPassed ? 'lost-write' : 'unseen', text);
  }
}

/** Along each way from a source partition to a partition of the topic, source offsets must rise. */
function createOrder(sales: SaleTable, findings: Findings): (number: number, record: HistoryRecord) => void {
  const last = new Map<number, number>();
  return (number, record) => {
    const way = record.partition * 256 + sales.partition(number);
    const before = last.get(way) ?? -1;
    const offset = sales.offset(number);
    // An id that was sent twice has two places, and the table one of them.
    if (sales.timesSent(number) > 1) return;
    if (offset < before) {
      const text = `${at(record)}: sales-events/${sales.partition(number)}/${offset} after offset ${before}`;
      findings.add('nonmonotonic-send', text);
    }
    last.set(way, Math.max(before, offset));
  };
}

function numberOf({ key }: HistoryRecord): number | undefined {
  return key === null ? undefined : eventNumber(key.toString());
}

function textOf({ value }: HistoryRecord): string {
  return value?.toString('utf8', 0, 200) ?? 'no value';
}
