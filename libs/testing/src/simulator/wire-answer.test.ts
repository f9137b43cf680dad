import { controlType, openBatch, passRecords, splitRecordSet } from '@tidemark/kafka-codec';
import { MemoryLog } from '@tidemark/stream';
import { wireAnswer } from './wire-answer.ts';

const AT = { topic: 't', partition: 0 };

async function logWith(...ends: readonly ('commit' | 'abort')[]): Promise<MemoryLog> {
  const log = new MemoryLog();
  await log.admin.createTopics([{ topic: 't', partitions: 1, config: {} }]);
  for (const [index, end] of ends.entries()) {
    const producer = await log.producers.open(`p${index}`);
    const transaction = await producer.begin();
    await transaction.send([{ ...AT, key: null, value: `${end} ${index}` }]);
    await transaction[end]();
  }
  return log;
}

function answer(log: MemoryLog, startOffset: number, nextOffset: number) {
  const ends = { logStart: 0, lastStable: nextOffset, highWatermark: nextOffset };
  return wireAnswer(log, ends, { ...AT, startOffset, nextOffset, records: [] });
}

test('an answer holds everything, with markers, and names what was aborted', async () => {
  const { recordSet, abortedTransactions } = answer(await logWith('abort', 'commit'), 0, 4);
  const batches = splitRecordSet(recordSet);
  expect(batches.map(({ lastOffset, isControl, producerId }) => [lastOffset, isControl, producerId])).toEqual([
    [0, false, 0],
    [1, true, 0],
    [2, false, 1],
    [3, true, 1],
  ]);
  expect(batches.filter(({ isControl }) => isControl).map(controlType)).toEqual(['abort', 'commit']);
  expect(abortedTransactions).toEqual([{ producerId: '0', firstOffset: '0' }]);
  const [record] = passRecords(openBatch(batches[2]!, AT), 0, 10).run;
  expect([record!.offset, String(record!.value)]).toEqual([2, 'commit 1']);
});

test('what was compacted away is passed over, and its aborted transactions are forgotten', async () => {
  const log = await logWith('commit', 'abort');
  log.compact('t');
  const { recordSet, abortedTransactions } = answer(log, 0, 4);
  expect(splitRecordSet(recordSet).map(({ lastOffset, recordCount }) => [lastOffset, recordCount])).toEqual([
    [0, 1],
    [3, 0],
  ]);
  expect(abortedTransactions).toEqual([]);
});
