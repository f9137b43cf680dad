import { uniqueName, waitFor } from '@tidemark/testing';
import { createKafka } from '../src/index.ts';
import { DEADLINE_MS, TEST_BROKERS } from './broker.ts';
import { API_KEY, createSpiedSockets, swallowAnswers } from './spied-sockets.ts';

it('does not call a transaction committed when the answer is lost; the next owner finds out', async () => {
  const topic = uniqueName('lost-answer');
  const kafka = createKafka({ brokers: TEST_BROKERS });
  await kafka.admin.createTopics([{ topic, partitions: 1, config: {} }]);
  const socketFactory = createSpiedSockets((apiKey, socket) => {
    if (apiKey === API_KEY.endTxn) swallowAnswers(socket);
  });
  const unlucky = await createKafka({ brokers: TEST_BROKERS, socketFactory, requestTimeoutMs: 1_000 }).producers.open(
    topic,
  );
  const transaction = await unlucky.begin();
  await transaction.send([{ topic, partition: 0, key: null, value: 'once' }]);
  await expect(transaction.commit()).rejects.toMatchObject({ code: 'TM_TRANSACTION_FAILED' });
  await expect(unlucky.begin()).rejects.toMatchObject({ code: 'TM_TRANSACTION_FAILED' });
  await unlucky.close();

  const owner = await kafka.producers.open(topic);
  const [ends] = await kafka.admin.logEnds(topic);
  const reader = kafka.reader();
  const partition = reader.open({ topic, partition: 0 }, 0, () => {});
  const values: (string | undefined)[] = [];
  await waitFor(
    () => {
      values.push(...(partition.take(10)?.records ?? []).map(({ value }) => value?.toString()));
      return partition.position === ends?.highWatermark;
    },
    DEADLINE_MS,
    'the end of the log',
  );
  expect(values).toEqual(['once']);
  await Promise.all([owner.close(), reader.close(), kafka.admin.close()]);
});
