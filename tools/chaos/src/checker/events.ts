import { isText, isWhole, readObject, readValidSale, type Sale } from '@tidemark/bench';

/** A behavior event as the rules accept it; written from the rules alone. */
export interface Behavior {
  readonly userId: string;
  readonly itemId: string;
  readonly action: string;
  readonly category: string;
  readonly timestampS: number;
}

export { readValidSale, type Sale };

const MAX_TIMESTAMP_S = 253_402_300_799;
/** An event may lie so far after the time at which it was received. */
const MAX_FUTURE_MS = 300_000;

/** The behavior event in a record's value; undefined when it is none. */
export function readValidBehavior(value: Buffer | null): Behavior | undefined {
  const fields = readObject(value);
  if (fields === undefined) return undefined;
  const { user_id: userId, item_id: itemId, action, category, timestamp: timestampS } = fields;
  if (![userId, itemId, action, category].every(isText)) return undefined;
  if (!isWhole(timestampS, 0, MAX_TIMESTAMP_S)) return undefined;
  return { userId, itemId, action, category, timestampS } as Behavior;
}

/** Whether an event claims a time that had not come yet when it was received. */
export function isFromFuture(timestampS: number, receivedMs: number): boolean {
  return timestampS * 1_000 - receivedMs > MAX_FUTURE_MS;
}

/** What the parser writes of a sale. */
export function processedEventText({ eventId, product, region, price, quantity, timestampS }: Sale): string {
  const event = { event_id: eventId, product, region, total_amount: price * quantity, event_time: isoText(timestampS) };
  return JSON.stringify(event);
}

/** The copy that the parser writes of a sale. */
export function processedDataText({ eventId, timestampS, product, price, quantity, region }: Sale): string {
  return JSON.stringify({ event_id: eventId, timestamp: timestampS, product, price, quantity, region });
}

export function isoText(epochS: number): string {
  return new Date(epochS * 1_000).toISOString();
}

/** The number of `event_<number>`; undefined for any other id. */
export function eventNumber(eventId: string): number | undefined {
  const match = /^event_(\d{1,9})$/.exec(eventId);
  return match === null ? undefined : Number(match[1]);
}
