import type { ProducerFactory, TransactionalProducer } from '@tidemark/stream';
import { uniqueName } from '@tidemark/testing';
import { createKafka } from '../src/index.ts';
import { TEST_BROKERS } from './broker.ts';
import { API_KEY, createSpiedSockets } from './spied-sockets.ts';

/** What a transaction costs: each request to the broker is a wait. */

/** A broker that has just made a topic, or its coordinator, is asked several times before it is ready for them. */
async function writeOnce(producers: ProducerFactory, topic: string): Promise<void> {
  const producer = await producers.open(topic);
  const transaction = await producer.begin();
  await transaction.send([0, 1].map((partition) => ({ topic, partition, key: null, value: 'first' })));
  await transaction.commit();
  await producer.close();
}

const opened: TransactionalProducer[] = [];

/** Also of a test that has failed: connections would keep the run from ending. */
afterEach(async () => void (await Promise.all(opened.splice(0).map((producer) => producer.close()))));

const NAMES = new Map<number, string>(Object.entries(API_KEY).map(([name, key]) => [key, name]));

async function openSpied() {
  const topic = uniqueName('requests');
  let requests: string[] = [];
  const socketFactory = createSpiedSockets((apiKey) => void requests.push(NAMES.get(apiKey) ?? `api key ${apiKey}`));
  const { admin } = createKafka({ brokers: TEST_BROKERS });
  await admin.createTopics([{ topic, partitions: 2, config: {} }]);
  await admin.close();
  const { producers } = createKafka({ brokers: TEST_BROKERS, socketFactory });
  await writeOnce(producers, topic);
  requests = [];
  const producer = await producers.open(topic);
  opened.push(producer);
  const send = async (...announced: number[]) => {
    const transaction = await producer.begin(announced.map((partition) => ({ topic, partition })));
    await transaction.send([{ topic, partition: 0, key: null, value: 'data' }]);
    await transaction.send([{ topic, partition: 1, key: null, value: 'position' }]);
    await transaction.commit();
  };
  const taken = () => {
    const [all] = [requests, (requests = [])];
    return all;
  };
  return { topic, producer, send, taken };
}

/** The broker may still be busy with the end of the transaction before, and is then asked again. */
const withoutRepeats = (requests: readonly string[]) => requests.filter((name, i) => name !== requests[i - 1]);

it('looks up the coordinator once, when the producer is opened', async () => {
  const { send, taken } = await openSpied();
  const ofOpening = taken().filter((name) => name === 'findCoordinator' || name === 'initProducerId');
  expect(withoutRepeats(ofOpening)).toEqual(['findCoordinator', 'initProducerId']);
  for (let i = 0; i < 3; i++) await send();
  expect(taken()).not.toContain('findCoordinator');
});

it('costs a transaction of one record three requests', async () => {
  const { topic, producer, taken } = await openSpied();
  for (const isFirst of [true, false, false]) {
    taken();
    const transaction = await producer.begin();
    await transaction.send([{ topic, partition: 0, key: null, value: 'v' }]);
    await transaction.commit();
    const firstKnowsNoTopic = isFirst ? ['metadata'] : [];
    expect(withoutRepeats(taken())).toEqual([...firstKnowsNoTopic, 'addPartitionsToTxn', 'produce', 'endTxn']);
  }
});

it('adds announced partitions with those of the first send', async () => {
  const { send, taken } = await openSpied();
  await send();
  taken();
  await send(1);
  expect(withoutRepeats(taken())).toEqual(['addPartitionsToTxn', 'produce', 'endTxn']);
  await send();
  expect(withoutRepeats(taken())).toEqual(['addPartitionsToTxn', 'produce', 'addPartitionsToTxn', 'produce', 'endTxn']);
});
