/** A sale as the rules of "a valid sale" accept it. Written from those rules alone, apart from the code under test. */
export interface Sale {
  readonly eventId: string;
  readonly timestampS: number;
  readonly product: string;
  readonly price: number;
  readonly quantity: number;
  readonly region: string;
}

const MAX_TEXT_BYTES = 1_024;
const MAX_COUNT = 2 ** 31 - 1;
const MAX_TIMESTAMP_S = 253_402_300_799;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The sale in a record's value; undefined when it is none. */
export function readValidSale(value: Buffer | null): Sale | undefined {
  const fields = readObject(value);
  if (fields === undefined) return undefined;
  const { event_id: eventId, timestamp: timestampS, product, price, quantity, region } = fields;
  if (![eventId, product, region].every(isText)) return undefined;
  if (!isWhole(timestampS, 0, MAX_TIMESTAMP_S)) return undefined;
  if (!isWhole(price, 1, MAX_COUNT) || !isWhole(quantity, 1, MAX_COUNT)) return undefined;
  if (price * quantity > Number.MAX_SAFE_INTEGER) return undefined;
  return { eventId, timestampS, product, price, quantity, region } as Sale;
}

/**
 * The object in a record's value; undefined when it is none. JSON.parse refuses a byte order mark by itself: the decoder
 * leaves it in the text.
 */
export function readObject(value: Buffer | null): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(decoder.decode(value ?? Buffer.alloc(0)));
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
    return isObject ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a field is a text as every event's rules ask for. */
export function isText(field: unknown): field is string {
  return (
    typeof field === 'string' && field !== '' && Buffer.byteLength(field) <= MAX_TEXT_BYTES && field.isWellFormed()
  );
}

/** Whether a field is a whole number from `least` to `most`. */
export function isWhole(field: unknown, least: number, most: number): field is number {
  return Number.isInteger(field) && (field as number) >= least && (field as number) <= most;
}
