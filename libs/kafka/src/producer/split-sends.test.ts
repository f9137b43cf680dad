import { hasCode } from '@tidemark/schemas';
import type { OutputRecord } from '@tidemark/stream';
import { makeBatch } from '../../test/make-batch.ts';
import { BATCH_OVERHEAD_BYTES, recordSizeBytes } from './record-size.ts';
import { splitSends } from './split-sends.ts';

const MAX_BYTES = 1_000;

function record(topic: string, partition: number, value: string): OutputRecord {
  return { topic, partition, key: null, value };
}

const large = (topic: string, partition: number, name: string) => record(topic, partition, name.padEnd(400, '.'));

/** `topic-partition:name` of every record, send by send. */
function names(records: readonly OutputRecord[]): string[][] {
  const name = ({ topic, partition, value }: OutputRecord) => `${topic}-${partition}:${String(value).split('.')[0]}`;
  return splitSends(records, MAX_BYTES).map((sends) => sends.flatMap(({ records: some }) => some.map(name)));
}

it('puts several partitions and topics into one send', () => {
  const records = [large('a', 0, 'x'), large('b', 0, 'y'), large('a', 1, 'z')];
  expect(names(records)).toEqual([['a-0:x', 'a-1:z', 'b-0:y']]);
});

it('splits a partition by size and keeps its order, however the partitions are mixed', () => {
  const records = [1, 2, 3, 4, 5].flatMap((i) => [large('a', 0, `${i}`), record('a', 1, `${i}`)]);
  expect(names(records)).toEqual([
    ['a-0:1', 'a-1:1', 'a-0:2', 'a-1:2', 'a-1:3', 'a-1:4', 'a-1:5'],
    ['a-0:3', 'a-0:4'],
    ['a-0:5'],
  ]);
});

it('sends nothing for nothing', () => {
  expect(splitSends([], MAX_BYTES)).toEqual([]);
});

it('sends a record that is larger than a batch alone: its topic may allow it', () => {
  const records = [large('a', 0, 'x'), record('a', 0, 'y.'.padEnd(MAX_BYTES, '.')), large('a', 0, 'z')];
  expect(names(records)).toEqual([['a-0:x'], ['a-0:y'], ['a-0:z']]);
});

it('refuses a record that no batch can hold, and says which', () => {
  let refused: unknown;
  try {
    splitSends([record('a', 3, 'x'.repeat(2 * MAX_BYTES))], MAX_BYTES);
  } catch (error) {
    refused = error;
  }
  expect(hasCode(refused, 'TM_RECORD_TOO_LARGE') && refused.fields).toMatchObject({ topic: 'a', partition: 3 });
});

it.each(['', 'x', 'ü'.repeat(100), 'x'.repeat(70_000)])(
  'never counts a record for less than it takes',
  async (text) => {
    const headers = { name: Buffer.from(text), ü: Buffer.alloc(3) };
    const bytes = await makeBatch({ records: [{ key: Buffer.from(text), value: Buffer.from(text), headers }] });
    const counted = recordSizeBytes({ ...record('t', 0, text), key: text, headers });
    expect(counted).toBeGreaterThanOrEqual(bytes.length - BATCH_OVERHEAD_BYTES);
  },
);
