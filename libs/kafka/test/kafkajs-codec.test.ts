// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- ambient types of untyped modules cannot be imported
/// <reference path="../src/kafkajs/kafkajs-internals.d.ts" />
import { BatchBuilder, openBatch, passRecords, splitRecordSet } from '@tidemark/kafka-codec';
import fc from 'fast-check';
import Decoder from 'kafkajs/src/protocol/decoder.js';
import decodeBatch from 'kafkajs/src/protocol/recordBatch/v0/decoder.js';
import { makeBatch } from './make-batch.ts';

/** Our codec against that of KafkaJS, which shares no code with it: what one writes, the other reads. */

interface KafkaJsRecord {
  readonly timestamp: string;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer>>;
}

const decodeWithKafkaJs = (bytes: Buffer) => {
  const decode = decodeBatch as (decoder: object) => Promise<{
    records: KafkaJsRecord[];
    producerId: string;
    producerEpoch: number;
    firstSequence: number;
    inTransaction: boolean;
  }>;
  return decode(new (Decoder as new (bytes: Buffer) => object)(bytes));
};

const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
const nullable = fc.option(bytes, { nil: null });
// KafkaJS' own decoder mixes up headers with what every object has: __proto__, toString, …
const name = fc.string({ unit: 'grapheme' }).filter((text) => !(text in {}));
const record = fc.record({
  timestampMs: fc.integer({ min: 0, max: 2 ** 45 }),
  key: nullable,
  value: nullable,
  headers: fc.dictionary(name, bytes, { maxKeys: 5 }),
});
const records = fc.array(record, { minLength: 1, maxLength: 30 });

it('reads what KafkaJS writes', async () => {
  const compression = fc.constantFrom(0, 1);
  const baseOffset = fc.integer({ min: 0, max: 2 ** 50 });
  await fc.assert(
    fc.asyncProperty(records, compression, baseOffset, async (written, codec, first) => {
      const specs = written.map(({ timestampMs, ...rest }) => ({ ...rest, timestampDelta: timestampMs - 1_000 }));
      const [batch] = splitRecordSet(await makeBatch({ baseOffset: first, compression: codec, records: specs }));
      const read = [...passRecords(openBatch(batch!, { topic: 't', partition: 0 }), 0, Infinity).run];
      const plain = read.map(({ timestampMs, key, value, headers }) => {
        return { timestampMs, key, value, headers: { ...headers } };
      });
      expect(plain).toEqual(written.map(({ headers, ...rest }) => ({ ...rest, headers: { ...headers } })));
      expect(read.map(({ offset }) => offset)).toEqual(written.map((_, i) => first + i));
    }),
    { numRuns: 100 },
  );
});

it.each(['none', 'gzip'] as const)('writes what KafkaJS reads (%s)', async (compression) => {
  const fields = { producerId: 41, producerEpoch: 2, baseSequence: 99, isTransactional: true };
  await fc.assert(
    fc.asyncProperty(records, async (written) => {
      const builder = new BatchBuilder(compression);
      for (const { key, value, headers, timestampMs } of written) builder.append(key, value, headers, timestampMs);
      const { records: read, ...batch } = await decodeWithKafkaJs(builder.finish(fields));
      expect(batch).toMatchObject({ producerId: '41', producerEpoch: 2, firstSequence: 99, inTransaction: true });
      expect(read.map(({ timestamp, key, value, headers }) => ({ timestamp, key, value, headers }))).toEqual(
        written.map(({ timestampMs, ...rest }) => ({
          timestamp: String(timestampMs),
          ...rest,
          headers: { ...rest.headers },
        })),
      );
    }),
    { numRuns: 100 },
  );
});
