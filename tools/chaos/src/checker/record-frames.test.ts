import type { HistoryRecord } from './history.ts';
import { createRecordFrames } from './record-frames.ts';

const STREAM = Buffer.from(
  '2 7 1000 1 6 ka b \u00e9\x1e0 0 5 -1 -1 n=3,tidemark-source=a/0/1,tidemark-query=q\x1e1 1 6 0 0 \x1e',
);

test.each([1, 2, 3, 7, 1_000])('records come out whole from chunks of %d bytes', (chunkBytes) => {
  const records: unknown[] = [];
  const onRecord = ({ key, value, ...rest }: HistoryRecord) =>
    records.push({ ...rest, key: key?.toString() ?? null, value: value?.toString() ?? null });
  const frames = createRecordFrames('t', onRecord);
  for (let at = 0; at < STREAM.length; at += chunkBytes) frames.push(STREAM.subarray(at, at + chunkBytes));
  frames.end();
  const headers = { n: '3', 'tidemark-source': 'a/0/1', 'tidemark-query': 'q' };
  expect(records).toEqual([
    { topic: 't', partition: 2, offset: 7, timestampMs: 1_000, key: 'k', value: 'a b \u00e9', headers: {} },
    { topic: 't', partition: 0, offset: 0, timestampMs: 5, key: null, value: null, headers },
    { topic: 't', partition: 1, offset: 1, timestampMs: 6, key: '', value: '', headers: {} },
  ]);
});

test('a stream that ends within a record is an error', () => {
  const frames = createRecordFrames('t', () => {});
  frames.push(Buffer.from('0 0 0 1'));
  expect(() => frames.end()).toThrow('7 bytes');
});
