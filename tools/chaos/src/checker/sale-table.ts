import { crc32 } from 'node:zlib';
import { processedDataText, processedEventText, type Sale } from './events.ts';

/** Topics with one record for each valid sale. */
export const COPY_TOPICS = ['processed-events', 'processed-data'] as const;
export type CopyTopic = (typeof COPY_TOPICS)[number];

/** What has to be known of each numbered sale to check its copies: some 20 bytes, so that millions fit. */
export interface SaleTable {
  /** One more than the largest number. */
  readonly size: number;
  add(number: number, place: { readonly partition: number; readonly offset: number }, sale: Sale): void;
  /** How often the sale stands in the input. */
  timesSent(number: number): number;
  partition(number: number): number;
  offset(number: number): number;
  /** Checksum of the text that the copy must have. */
  checksum(number: number, topic: CopyTopic): number;
}

const FIRST_CAPACITY = 65_536;

export function createSaleTable(): SaleTable {
  let capacity = FIRST_CAPACITY;
  let size = 0;
  let sent = new Uint8Array(capacity);
  let partitions = new Uint8Array(capacity);
  let offsets = new Uint32Array(capacity);
  const checksums = { 'processed-events': new Uint32Array(capacity), 'processed-data': new Uint32Array(capacity) };
  const grow = (number: number) => {
    while (capacity <= number) capacity *= 2;
    [sent, partitions] = [widen8(sent, capacity), widen8(partitions, capacity)];
    offsets = widen32(offsets, capacity);
    for (const topic of COPY_TOPICS) checksums[topic] = widen32(checksums[topic], capacity);
  };
  return {
    get size() {
      return size;
    },
    add(number, { partition, offset }, sale) {
      if (number >= capacity) grow(number);
      size = Math.max(size, number + 1);
      sent[number]! += 1;
      partitions[number] = partition;
      offsets[number] = offset;
      checksums['processed-events'][number] = crc32(processedEventText(sale));
      checksums['processed-data'][number] = crc32(processedDataText(sale));
    },
    timesSent: (number) => sent[number] ?? 0,
    partition: (number) => partitions[number]!,
    offset: (number) => offsets[number]!,
    checksum: (number, topic) => checksums[topic][number]!,
  };
}

function widen8(array: Uint8Array<ArrayBuffer>, capacity: number): Uint8Array<ArrayBuffer> {
  const wider = new Uint8Array(capacity);
  wider.set(array);
  return wider;
}

function widen32(array: Uint32Array<ArrayBuffer>, capacity: number): Uint32Array<ArrayBuffer> {
  const wider = new Uint32Array(capacity);
  wider.set(array);
  return wider;
}
