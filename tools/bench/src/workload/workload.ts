import { readFileSync, writeFileSync } from 'node:fs';

/** Bytes of each value. */
export const VALUE_BYTES = 110;
/** Records handed to a client at once. */
export const BATCH_RECORDS = 10_000;
/** Records in each transaction of the measure of that name. */
export const TRANSACTION_RECORDS = 20_000;
export const PARTITIONS = 3;

/** As many as are there at once: a client that copied values from few hot places would look better than it is. */
const DISTINCT_VALUES = 10_000;
const PRODUCTS = ['laptop', 'phone', 'tablet', 'watch'];
const REGIONS = ['North', 'South', 'East', 'West'];
const START_S = 1_767_225_600;

/** Sales of 110 bytes each, one per line: what all clients send, Java's tool among them. */
export function writeValues(file: string): void {
  const lines = Array.from({ length: DISTINCT_VALUES }, (_, index) => saleText(index));
  writeFileSync(file, `${lines.join('\n')}\n`);
}

export function readValues(file: string): Buffer[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => Buffer.from(line));
}

/** The key of the record with this number. */
export function keyOf(index: number): string {
  return `event_${index}`;
}

/** A valid sale of exactly {@link VALUE_BYTES} bytes. */
export function saleText(index: number): string {
  const rest = {
    timestamp: START_S + (index % 3_600),
    product: PRODUCTS[index % 4],
    price: 100 + (index % 900),
    quantity: 1 + (index % 5),
    region: REGIONS[(index >> 2) % 4],
  };
  const text = (id: string) => JSON.stringify({ event_id: id, ...rest });
  const idBytes = VALUE_BYTES - text('').length;
  return text(`e${String(index).padStart(idBytes - 1, '0')}`);
}
