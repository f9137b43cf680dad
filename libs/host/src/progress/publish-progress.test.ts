import { type OutputRecord, silentLogger, type StreamingQueryProgress } from '@tidemark/stream';
import { publishProgress } from './publish-progress.ts';

const three = () => Promise.resolve(3);

const report = { name: 'app/merge', batchId: 1 } as StreamingQueryProgress;

/** A producer whose sends wait until they are settled. */
function createSlowProducer() {
  const sent: (readonly OutputRecord[])[] = [];
  let settle: { resolve: () => void; reject: (error: Error) => void } | undefined;
  return {
    sent,
    settle: () => settle!,
    send(records: readonly OutputRecord[]) {
      sent.push(records);
      return new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
    },
    close: () => Promise.resolve(),
  };
}

test('1. one record per stage, keyed by it', async () => {
  const producer = createSlowProducer();
  publishProgress(producer, three, silentLogger).publish([report]);
  await new Promise(setImmediate);
  expect(producer.sent).toEqual([
    [{ topic: 'tidemark.progress', partition: expect.any(Number), key: 'app/merge', value: JSON.stringify(report) }],
  ]);
});

test('2. while a send is under way reports are left out, and after a failed one they go on', async () => {
  const producer = createSlowProducer();
  const publisher = publishProgress(producer, three, silentLogger);
  publisher.publish([report]);
  publisher.publish([report]);
  await new Promise(setImmediate);
  expect(producer.sent).toHaveLength(1);
  producer.settle().reject(new Error('the broker is away'));
  await new Promise(setImmediate);
  publisher.publish([report]);
  await new Promise(setImmediate);
  expect(producer.sent).toHaveLength(2);
  producer.settle().resolve();
  await publisher.close();
});

test('3. nothing to report, nothing sent', async () => {
  const producer = createSlowProducer();
  publishProgress(producer, three, silentLogger).publish([]);
  await new Promise(setImmediate);
  expect(producer.sent).toHaveLength(0);
});

test('4. a broker that is away when the partitions are counted costs a report; they are counted again', async () => {
  const producer = createSlowProducer();
  const counts = [() => Promise.reject(new Error('the broker is away')), three];
  const publisher = publishProgress(producer, () => counts.shift()!(), silentLogger);
  publisher.publish([report]);
  await new Promise(setImmediate);
  expect(producer.sent).toHaveLength(0);
  publisher.publish([report]);
  await new Promise(setImmediate);
  expect(producer.sent).toHaveLength(1);
  producer.settle().resolve();
  await publisher.close();
});
