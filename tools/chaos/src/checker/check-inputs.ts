import { createHash } from 'node:crypto';
import type { Findings } from './anomalies.ts';
import type { LateEvents } from './check-late.ts';
import { eventNumber, isFromFuture, readValidBehavior, readValidSale } from './events.ts';
import { addEvent, type ExpectedTable } from './expected-table.ts';
import { at, type CountedHistory, type HistoryRecord } from './history.ts';
import { BEHAVIOR_QUERIES, type CheckedQuery, SALES_QUERIES } from './queries.ts';
import { createSaleTable, type SaleTable } from './sale-table.ts';
import { type AcknowledgedRange, checkSent } from './sent-numbers.ts';

/** What the pipeline has to make of its inputs, computed anew from them. */
export interface Expected {
  readonly sales: SaleTable;
  /** Rows by query. */
  readonly tables: ReadonlyMap<string, ExpectedTable>;
  /** Largest event time of any of its events, epoch s, by query: no watermark can be above it. */
  readonly latestS: ReadonlyMap<string, number>;
  /** Checksums of the values of records that are no valid event, by `topic/partition/offset`. */
  readonly invalid: ReadonlyMap<string, string | null>;
}

interface Reading {
  readonly expected: Expected & { readonly latestS: Map<string, number> };
  readonly late: LateEvents;
  readonly findings: Findings;
  /** Largest event time so far by source partition, epoch s. */
  readonly latestS: Map<string, number>;
}

/** Reads both inputs. */
export async function checkInputs(
  history: CountedHistory,
  late: LateEvents,
  acknowledged: readonly AcknowledgedRange[],
  findings: Findings,
): Promise<Expected> {
  const names = [...SALES_QUERIES, ...BEHAVIOR_QUERIES].map(({ name }) => name);
  const invalid = new Map<string, string | null>();
  const tables = new Map(names.map((name) => [name, new Map()]));
  const expected = { sales: createSaleTable(), tables, latestS: new Map<string, number>(), invalid };
  const sent = checkSent(acknowledged, findings);
  const reading = { expected, late, findings, latestS: new Map<string, number>() };
  const take = (onRecord: (reading: Reading, record: HistoryRecord) => boolean) => (record: HistoryRecord) => {
    sent.add(record);
    if (!onRecord(reading, record)) invalid.set(at(record), checksum(record.value));
  };
  await history.read('sales-events', take(takeSale));
  await history.read('user-behavior', take(takeBehavior));
  sent.finish();
  return expected;
}

/** As error records have it. */
function checksum(value: Buffer | null): string | null {
  return value === null ? null : createHash('sha256').update(value).digest('hex');
}

/** @returns whether the record is a valid sale */
function takeSale(reading: Reading, record: HistoryRecord): boolean {
  const { late, findings, expected } = reading;
  const sale = readValidSale(record.value);
  if (sale === undefined || isFromFuture(sale.timestampS, record.timestampMs)) return false;
  const number = eventNumber(sale.eventId);
  // Without numbers nothing could be told from anything else: such a load cannot be checked.
  if (number === undefined) throw new Error(`${at(record)}: event_id ${sale.eventId} is not event_<number>`);
  if (expected.sales.timesSent(number) > 0) findings.add('duplicate', `${at(record)}: ${sale.eventId} was sent twice`);
  expected.sales.add(number, record, sale);
  const isLate = (query: string) => late.hasSale(query, number);
  takeEvent(reading, record, SALES_QUERIES, sale, isLate);
  return true;
}

/** @returns whether the record is a valid behavior event */
function takeBehavior(reading: Reading, record: HistoryRecord): boolean {
  const event = readValidBehavior(record.value);
  if (event === undefined || isFromFuture(event.timestampS, record.timestampMs)) return false;
  reading.late.confirm(record);
  takeEvent(reading, record, BEHAVIOR_QUERIES, event, (query) => reading.late.has(query, at(record)));
  return true;
}

function takeEvent<E extends { readonly timestampS: number }>(
  { expected, findings, latestS }: Reading,
  record: HistoryRecord,
  queries: readonly CheckedQuery<E>[],
  event: E,
  isLateFor: (query: string) => boolean,
): void {
  const partition = `${record.topic}/${record.partition}`;
  const latestBeforeS = latestS.get(partition) ?? -Infinity;
  for (const query of queries) {
    expected.latestS.set(query.name, Math.max(expected.latestS.get(query.name) ?? -Infinity, event.timestampS));
    const arrival = { timestampS: event.timestampS, latestBeforeS, isLate: isLateFor(query.name) };
    if (addEvent(query, expected.tables.get(query.name)!, event, arrival)) continue;
    findings.add('wrongly-late', `${at(record)}: left out of ${query.name}; its partition was at ${latestBeforeS} s`);
  }
  latestS.set(partition, Math.max(latestBeforeS, event.timestampS));
}
