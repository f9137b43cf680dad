import type { OutputRecord } from '@tidemark/stream';
import { partitionForKey } from '@tidemark/stream';
import { topics } from '@tidemark/schemas';
import type { GenerateBehavior } from './generate-behavior.ts';
import type { GenerateSale } from './generate-sale.ts';

/** How many events there are to be; Infinity = without end. */
export interface EventCounts {
  readonly sales: number;
  readonly behavior: number;
}

export interface StreamParts {
  readonly generateSale: GenerateSale;
  readonly generateBehavior: GenerateBehavior;
  /** Partitions of `sales-events` and `user-behavior`, as they are. */
  readonly partitions: EventCounts;
  readonly wanted: EventCounts;
}

/** How many behavior events go with the first `sales` sales: both kinds start and end together. */
export function behaviorAlong(sales: number, wanted: EventCounts): number {
  if (sales >= wanted.sales) return wanted.behavior;
  const perSale = Number.isFinite(wanted.sales) ? wanted.behavior / wanted.sales : 1;
  return Math.min(wanted.behavior, Math.floor(sales * perSale));
}

/** The records of the sales from number `from` to before `to`, and of the behavior events that go with them. */
export function recordsBetween(
  parts: StreamParts,
  from: number,
  to: number,
  timeOf: (sale: number) => number,
): OutputRecord[] {
  const records: OutputRecord[] = [];
  for (let sale = from; sale < to; sale += 1) {
    const timeMs = timeOf(sale);
    records.push(saleRecord(parts, sale, timeMs));
    const behavior = behaviorAlong(sale + 1, parts.wanted) - behaviorAlong(sale, parts.wanted);
    for (let event = 0; event < behavior; event += 1) records.push(behaviorRecord(parts, timeMs));
  }
  return records;
}

/** Sales have no key and go round the partitions in turn, so that these are equally full. */
function saleRecord({ generateSale, partitions }: StreamParts, sale: number, timeMs: number): OutputRecord {
  const value = generateSale(sale, timeMs);
  return { topic: topics.salesEvents.topic, partition: sale % partitions.sales, key: null, value };
}

function behaviorRecord({ generateBehavior, partitions }: StreamParts, timeMs: number): OutputRecord {
  const { key, value } = generateBehavior(timeMs);
  return { topic: topics.userBehavior.topic, partition: partitionForKey(key, partitions.behavior), key, value };
}
