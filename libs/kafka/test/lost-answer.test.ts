import { uniqueName, waitFor } from '@tidemark/testing';
import { createKafka } from '../src/index.ts';
import { DEADLINE_MS, TEST_BROKERS } from './broker.ts';
import { readAll } from './read-all.ts';
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
      for (const { value } of partition.take(10)?.records ?? []) values.push(value?.toString());
      return partition.position === ends?.highWatermark;
    },
    DEADLINE_MS,
    'the end of the log',
  );
  expect(values).toEqual(['once']);
  await Promise.all([owner.close(), reader.close(), kafka.admin.close()]);
});

it('sends records again whose answer was lost, in the same batch, so that the broker knows them', async () => {
  const topic = uniqueName('lost-answer');
  const kafka = createKafka({ brokers: TEST_BROKERS });
  await kafka.admin.createTopics([{ topic, partitions: 1, config: {} }]);
  let produced = 0;
  const socketFactory = createSpiedSockets((apiKey, socket) => {
    if (apiKey !== API_KEY.produce) return;
    produced += 1;
    if (produced === 2 || produced === 4) {
      swallowAnswers(socket);
      socket.end();
    }
  });
  const unlucky = createKafka({ brokers: TEST_BROKERS, socketFactory }).plainProducer();
  const batches = ['a', 'b', 'c', 'd'].map((name) => [0, 1, 2].map((i) => `${name}${i}`));
  for (const values of batches) {
    await unlucky.send(values.map((value) => ({ topic, partition: 0, key: null, value })));
  }
  expect(produced).toBe(batches.length + 2);
  const records = await readAll(kafka, topic, batches.flat().length);
  expect(records.map(({ value }) => value?.toString())).toEqual(batches.flat());
  const [ends] = await kafka.admin.logEnds(topic);
  expect(ends?.highWatermark).toBe(batches.flat().length);
  await Promise.all([unlucky.close(), kafka.admin.close()]);
});
