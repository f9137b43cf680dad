import type { Findings } from './anomalies.ts';
import { eventNumber } from './events.ts';
import { at, type CountedHistory, type HistoryRecord } from './history.ts';

/** What stands in `late-events`. */
export interface LateEvents {
  /** Whether the query has left out the record at these coordinates of its input. */
  has(query: string, coordinates: string): boolean;
  /** The same for a sale, by its number. */
  hasSale(query: string, number: number): boolean;
  /** How many records, by query. */
  readonly counts: ReadonlyMap<string, number>;
  /** To be called with each record of an input that can be late. */
  confirm(record: HistoryRecord): void;
  /** Reports those whose coordinates no committed record has. */
  finish(): void;
}

interface LateEvent {
  readonly value: string;
  confirmed: boolean;
}

/** Reads `late-events`: one for each query and record at most, in the order of the input, and a copy of it. */
export async function readLateEvents(history: CountedHistory, findings: Findings): Promise<LateEvents> {
  const events = new Map<string, LateEvent>();
  const byCoordinates = new Map<string, LateEvent[]>();
  const sales = new Set<string>();
  const counts = new Map<string, number>();
  const lastOffsets = new Map<string, number>();
  await history.read('late-events', (record) => {
    const { 'tidemark-source': source = '', 'tidemark-query': query = '' } = record.headers;
    const id = `${query} ${source}`;
    if (events.has(id)) findings.add('duplicate', `${at(record)}: ${id} is there twice`);
    checkOrder(record, query, source, lastOffsets, findings);
    const event = { value: record.value?.toString('latin1') ?? '', confirmed: false };
    events.set(id, event);
    byCoordinates.set(source, [...(byCoordinates.get(source) ?? []), event]);
    counts.set(query, (counts.get(query) ?? 0) + 1);
    const number = saleNumber(record.value);
    if (number !== undefined) sales.add(`${query} ${number}`);
  });
  return {
    counts,
    has: (query, coordinates) => events.has(`${query} ${coordinates}`),
    hasSale: (query, number) => sales.has(`${query} ${number}`),
    confirm(record) {
      for (const event of byCoordinates.get(at(record)) ?? []) {
        event.confirmed = true;
        if (event.value === (record.value?.toString('latin1') ?? '')) continue;
        findings.add('inconsistent-offsets', `late-events has other bytes than ${at(record)}`);
      }
    },
    finish() {
      for (const [id, { confirmed }] of events) {
        if (!confirmed) findings.add('G1a', `late-events: ${id}: no committed record is there`);
      }
    },
  };
}

function checkOrder(
  record: HistoryRecord,
  query: string,
  source: string,
  lastOffsets: Map<string, number>,
  findings: Findings,
): void {
  const [, partition, offset] = /^(.+)\/(\d+)$/.exec(source) ?? [];
  const way = `${query} ${partition} ${record.partition}`;
  const before = lastOffsets.get(way) ?? -1;
  if (Number(offset) < before) findings.add('nonmonotonic-send', `${at(record)}: ${source} after offset ${before}`);
  lastOffsets.set(way, Math.max(before, Number(offset)));
}

/** The number in a processed event. */
function saleNumber(value: Buffer | null): number | undefined {
  const match = /^\{"event_id":"(event_\d+)"/.exec(value?.toString('latin1', 0, 64) ?? '');
  return match === null ? undefined : eventNumber(match[1]!);
}
