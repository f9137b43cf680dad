import { splitRecordSet } from '@tidemark/kafka-codec';
import type { BatchHeader } from '@tidemark/kafka-codec';
import { hasCode } from '@tidemark/schemas';
import { makeBatch, rewrite } from '../../test/make-batch.ts';
import { createRecordBuffer } from './record-buffer.ts';
import type { RecordBuffer } from './record-buffer.ts';

const SOURCE = { topic: 't', partition: 0 };

async function batch(
  baseOffset: number,
  records: string[],
  lastOffsetDelta = records.length - 1,
): Promise<BatchHeader> {
  return splitRecordSet(await makeBatch({ baseOffset, records, lastOffsetDelta }))[0]!;
}

/** All that can be taken: start, next offset and offsets of each part. */
function takeAll(buffer: RecordBuffer, maxRecords: number) {
  const parts: [start: number, next: number, offsets: number[]][] = [];
  for (let part = buffer.take(maxRecords); part !== undefined; part = buffer.take(maxRecords)) {
    parts.push([part.startOffset, part.nextOffset, [...part.records].map(({ offset }) => offset)]);
  }
  return parts;
}

it('hands out parts that follow each other exactly, over batches and fetches', async () => {
  const buffer = createRecordBuffer(SOURCE, 0);
  buffer.append({ batches: [await batch(0, ['a', 'b', 'c']), await batch(3, ['d'])], nextOffset: 5 });
  buffer.append({ batches: [await batch(5, ['e', 'f'])], nextOffset: 7 });
  expect(takeAll(buffer, 2)).toEqual([
    [0, 2, [0, 1]],
    [2, 5, [2, 3]],
    [5, 7, [5, 6]],
  ]);
  expect(buffer.sizeBytes).toBe(0);
});

it('moves past what holds no records', async () => {
  const buffer = createRecordBuffer(SOURCE, 7);
  buffer.append({ batches: [], nextOffset: 12 });
  buffer.append({ batches: [await batch(12, [], 3)], nextOffset: 16 });
  expect(takeAll(buffer, 10)).toEqual([[7, 16, []]]);
});

it('goes on behind the gap that compaction left at the end of a batch', async () => {
  const buffer = createRecordBuffer(SOURCE, 0);
  buffer.append({ batches: [await batch(0, ['a'], 8)], nextOffset: 9 });
  expect(takeAll(buffer, 10)).toEqual([[0, 9, [0]]]);
});

it('leaves out what lies before the position in its first batch', async () => {
  const buffer = createRecordBuffer(SOURCE, 2);
  buffer.append({ batches: [await batch(0, ['a', 'b', 'c', 'd'])], nextOffset: 4 });
  expect(takeAll(buffer, 1)).toEqual([
    [2, 3, [2]],
    [3, 4, [3]],
  ]);
});

it('hands out bytes that are no records, when asked to, and goes on behind them', async () => {
  const bomb = await batch(2, ['x', 'y']);
  const bytes = rewrite(Buffer.from(bomb.bytes), (copy) => (copy[61] = 0x7e));
  const broken = splitRecordSet(bytes)[0]!;
  const buffer = createRecordBuffer(SOURCE, 0, { unreadable: 'hand out' });
  buffer.append({ batches: [await batch(0, ['a', 'b']), broken, await batch(4, ['c'])], nextOffset: 5 });
  expect(buffer.take(10)).toMatchObject({ startOffset: 0, nextOffset: 2 });
  const message = expect.stringContaining('offset 2') as string;
  const unreadable = { message, bytes, timestampMs: 1_000 };
  expect(buffer.take(10)).toEqual({ ...SOURCE, startOffset: 2, nextOffset: 4, records: [], unreadable });
  expect(takeAll(buffer, 10)).toEqual([[4, 5, [4]]]);
  expect(buffer.sizeBytes).toBe(0);
});

it('fails at bytes whose CRC is wrong whatever was asked for: it is not certain where they end', async () => {
  const corrupt = await batch(0, ['x']);
  corrupt.bytes[corrupt.bytes.length - 1]! ^= 1;
  const buffer = createRecordBuffer(SOURCE, 0, { unreadable: 'hand out' });
  buffer.append({ batches: [corrupt, await batch(1, ['a'])], nextOffset: 2 });
  expect(() => buffer.take(10)).toThrow('CRC');
  expect(buffer.position).toBe(0);
});

it('hands out what comes before a batch that cannot be decoded, then fails there again and again', async () => {
  const corrupt = await batch(2, ['x']);
  corrupt.bytes[corrupt.bytes.length - 1]! ^= 1;
  const buffer = createRecordBuffer(SOURCE, 0);
  buffer.append({ batches: [await batch(0, ['a', 'b']), corrupt], nextOffset: 3 });
  expect(buffer.take(10)).toMatchObject({ startOffset: 0, nextOffset: 2 });
  for (let attempt = 0; attempt < 2; attempt++) {
    let thrown: unknown;
    try {
      buffer.take(10);
    } catch (error) {
      thrown = error;
    }
    expect(hasCode(thrown, 'TM_CORRUPT_BATCH') && thrown.fields).toEqual({ ...SOURCE, offset: 2, nextOffset: 3 });
  }
  expect(buffer.position).toBe(2);
});
