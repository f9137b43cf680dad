import { quote } from '../json/quote.ts';
import { isText, isTotal, isWholeFrom, MAX_TIMESTAMP_S, TEXT_RULE, totalRule } from '../records/check-field.ts';
import { objectParser } from '../records/object-parser.ts';
import type { Parsed } from '../records/record-fault.ts';
import { fieldFault } from '../records/record-fault.ts';
import { isoFromMs, msFromIso } from '../time/iso-time.ts';
import type { SaleEvent } from './sale-event.ts';

/** A sale with its amount, as the aggregators read it from `processed-events`. */
export interface ProcessedEvent {
  readonly eventId: string;
  readonly product: string;
  readonly region: string;
  /** price × quantity, 1 to 2^53-1. */
  readonly totalAmount: number;
  /** Epoch ms. */
  readonly eventTimeMs: number;
}

/** The value of a `processed-events` record: the same text, byte for byte, that Spark's `to_json` writes. */
export function encodeProcessedEvent(sale: SaleEvent): string {
  const { eventId, product, region, price, quantity, timestampS } = sale;
  return (
    `{"event_id":${quote(eventId)},"product":${quote(product)},"region":${quote(region)}` +
    `,"total_amount":${price * quantity},"event_time":"${isoFromMs(timestampS * 1_000)}"}`
  );
}

/** The value of a `processed-data` record: the six fields of the input's schema, in its order, and nothing else. */
export function encodeProcessedData(sale: SaleEvent): string {
  const { eventId, timestampS, product, price, quantity, region } = sale;
  return (
    `{"event_id":${quote(eventId)},"timestamp":${timestampS},"product":${quote(product)}` +
    `,"price":${price},"quantity":${quantity},"region":${quote(region)}}`
  );
}

/** Reads the value of a `processed-events` record, as strictly as a sale. Never throws. */
export const decodeProcessedEvent = objectParser(
  {
    event_id: 'unique',
    product: 'repeating',
    region: 'repeating',
    total_amount: 'number',
    event_time: 'repeating',
  },
  processedEventFrom,
);

function processedEventFrom([
  event_id,
  product,
  region,
  total_amount,
  event_time,
]: readonly unknown[]): Parsed<ProcessedEvent> {
  if (!isText(event_id)) return fieldFault('event_id', TEXT_RULE);
  if (!isText(product)) return fieldFault('product', TEXT_RULE);
  if (!isText(region)) return fieldFault('region', TEXT_RULE);
  if (!isTotal(1, total_amount)) return fieldFault('total_amount', totalRule(1));
  const eventTimeMs = typeof event_time === 'string' ? msFromIso(event_time) : undefined;
  if (!isWholeFrom(0, eventTimeMs, MAX_EVENT_TIME_MS)) return fieldFault('event_time', EVENT_TIME_RULE);
  return { ok: true, value: { eventId: event_id, product, region, totalAmount: total_amount, eventTimeMs } };
}

const MAX_EVENT_TIME_MS = MAX_TIMESTAMP_S * 1_000 + 999;
const EVENT_TIME_RULE = 'a time from 1970 to 9999 such as 2026-01-01T00:00:00.000Z';
