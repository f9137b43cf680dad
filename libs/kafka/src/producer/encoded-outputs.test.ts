import { NO_PRODUCER, openBatch, passRecords, splitRecordSet } from '@tidemark/kafka-codec';
import type { FetchedRecord } from '@tidemark/kafka-codec';
import { hasCode } from '@tidemark/schemas';
import type { OutputRecord } from '@tidemark/stream';
import { createBuilderPool } from './builder-pool.ts';
import { EncodedOutputs } from './encoded-outputs.ts';
import type { EncodedBatch, Round } from './encoded-outputs.ts';

const MAX_BYTES = 1_000;

const newOutputs = () => new EncodedOutputs({ pool: createBuilderPool('none'), maxBatchBytes: MAX_BYTES });

function encode(records: readonly OutputRecord[]): readonly Round[] {
  const outputs = newOutputs();
  for (const record of records) outputs.add(record);
  return outputs.rounds;
}

function decode({ topic, partition, builder }: EncodedBatch): FetchedRecord[] {
  const [batch] = splitRecordSet(builder.finish(NO_PRODUCER));
  return [...passRecords(openBatch(batch!, { topic, partition }), 0, Infinity).run];
}

function record(topic: string, partition: number, value: string): OutputRecord {
  return { topic, partition, key: null, value };
}

const large = (topic: string, partition: number, name: string) => record(topic, partition, name.padEnd(400, '.'));

/** `topic-partition:name` of every record, round by round. */
function names(records: readonly OutputRecord[]): string[][] {
  const name = ({ topic, partition, value }: FetchedRecord) => `${topic}-${partition}:${String(value).split('.')[0]}`;
  return encode(records).map((round) => round.flatMap((batch) => decode(batch).map(name)));
}

it('puts several partitions and topics into one round', () => {
  const records = [large('a', 0, 'x'), large('b', 0, 'y'), large('a', 1, 'z')];
  expect(names(records)).toEqual([['a-0:x', 'b-0:y', 'a-1:z']]);
});

it('splits a partition by size and keeps its order, however the partitions are mixed', () => {
  const records = [1, 2, 3, 4, 5].flatMap((i) => [large('a', 0, `${i}`), record('a', 1, `${i}`)]);
  expect(names(records)).toEqual([
    ['a-0:1', 'a-0:2', 'a-1:1', 'a-1:2', 'a-1:3', 'a-1:4', 'a-1:5'],
    ['a-0:3', 'a-0:4'],
    ['a-0:5'],
  ]);
});

it('encodes nothing for nothing', () => {
  expect(encode([])).toEqual([]);
});

it('fills batches up to the limit and not one byte more', () => {
  const rounds = encode(Array.from({ length: 5_000 }, (_, i) => record('a', 0, `ü${i}`.repeat(i % 9))));
  const sizes = rounds.flatMap((round) => round.map(({ builder }) => builder.finish(NO_PRODUCER).length));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_BYTES);
  expect(Math.min(...sizes.slice(0, -1))).toBeGreaterThan(MAX_BYTES - 60);
});

it('sends a record that is larger than a batch alone: its topic may allow it', () => {
  const records = [large('a', 0, 'x'), record('a', 0, 'y.'.padEnd(MAX_BYTES, '.')), large('a', 0, 'z')];
  expect(names(records)).toEqual([['a-0:x'], ['a-0:y'], ['a-0:z']]);
});

it.each([
  ['that no batch can hold', 'x'.repeat(2 * MAX_BYTES)],
  ['that only its bytes show to be so large', '漢'.repeat(MAX_BYTES)],
])('refuses a record %s, and says which', (_name, value) => {
  let refused: unknown;
  try {
    encode([record('a', 2, 'small'), record('a', 3, value)]);
  } catch (error) {
    refused = error;
  }
  expect(hasCode(refused, 'TM_RECORD_TOO_LARGE') && refused.fields).toMatchObject({ topic: 'a', partition: 3 });
});

it('keeps keys, headers and times; records without a time get one time for all', () => {
  const full = { key: Buffer.from('k'), value: null, headers: { h: 'text', b: Buffer.from([1]) }, timestampMs: 5 };
  const beforeMs = Date.now();
  const [[batch]] = encode([record('a', 0, 'v'), { topic: 'a', partition: 0, ...full }, record('a', 0, 'w')]) as [
    [EncodedBatch],
  ];
  const [first, second, third] = decode(batch);
  expect(first?.timestampMs).toBeGreaterThanOrEqual(beforeMs);
  expect(first?.timestampMs).toBe(third?.timestampMs);
  expect(second).toMatchObject({ key: full.key, value: null, timestampMs: 5 });
  expect(second?.headers).toMatchObject({ h: Buffer.from('text'), b: Buffer.from([1]) });
});

it('counts by topic what was added, until it is cleared', () => {
  const outputs = newOutputs();
  for (const topic of ['a', 'b', 'a']) outputs.add(large(topic, 0, 'x'));
  expect([...outputs.countByTopic]).toEqual([
    ['a', 2],
    ['b', 1],
  ]);
  outputs.clear();
  expect([outputs.countByTopic.size, outputs.rounds.length]).toEqual([0, 0]);
  outputs.add(record('b', 0, 'again'));
  expect(outputs.rounds.map((round) => round.flatMap(decode).map((r) => String(r.value)))).toEqual([['again']]);
});

it('uses builders again, empty', () => {
  const pool = createBuilderPool('none');
  const first = pool.take();
  first.append(null, 'x', undefined, 1);
  pool.giveBack(first);
  const again = pool.take();
  expect(again).toBe(first);
  expect(again.recordCount).toBe(0);
  expect(pool.take()).not.toBe(first);
});
