// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- ambient types of untyped modules cannot be imported
/// <reference path="./kafkajs-internals.d.ts" />
import eosManager from 'kafkajs/src/producer/eosManager/index.js';
import createSendMessages from 'kafkajs/src/producer/sendMessages.js';
import request from 'kafkajs/src/protocol/request.js';
import produceV7 from 'kafkajs/src/protocol/requests/produce/v7/request.js';

/** One test or more for each hunk that has KafkaJS send record batches that were encoded before. */

interface SentPartition {
  readonly partition: number;
  readonly firstSequence: number;
}

const silent = { debug() {}, error() {}, info() {}, warn() {} };

const INT32_MAX = 2 ** 31 - 1;

/** Sequence numbers as KafkaJS keeps them, of a producer that has its id. */
async function createSequences() {
  const create = eosManager as (options: object) => {
    initProducerId(): Promise<void>;
    getSequence(topic: string, partition: number): number;
    updateSequence(topic: string, partition: number, increment: number): void;
  };
  const broker = { initProducerId: async () => ({ producerId: '7', producerEpoch: 0 }) };
  const cluster = { retry: {}, refreshMetadataIfNecessary() {}, findControllerBroker: async () => broker };
  const manager = create({ logger: silent, cluster, transactional: false });
  await manager.initProducerId();
  return manager;
}

/** Sends to one broker, which refuses the first attempt. */
async function sendTwice(messages: readonly object[]) {
  const attempts: SentPartition[][] = [];
  const broker = {
    nodeId: '1',
    async produce({ topicData }: { topicData: { partitions: SentPartition[] }[] }) {
      const sent = topicData.flatMap(({ partitions }) => partitions);
      attempts.push(sent.map(({ partition, firstSequence }) => ({ partition, firstSequence })));
      if (attempts.length === 1)
        throw Object.assign(new Error('not now'), { name: 'KafkaJSProtocolError', retriable: true });
      return { topics: [] };
    },
  };
  const cluster = {
    refreshMetadataIfNecessary: async () => undefined,
    refreshMetadata: async () => undefined,
    addMultipleTargetTopics: async () => undefined,
    findTopicPartitionMetadata: () => [{}],
    findLeaderForPartitions: () => ({ '1': [0, 1] }),
    findBroker: async () => broker,
    isConnected: () => true,
  };
  const retrier = async (attempt: (bail: (error: Error) => void) => Promise<unknown>) => {
    const bail = (error: Error) => {
      throw error;
    };
    return attempt(bail).catch(() => attempt(bail));
  };
  const eos = await createSequences();
  const partitioner = ({ message }: { message: { partition: number } }) => message.partition;
  const create = createSendMessages as (options: object) => (batch: object) => Promise<unknown>;
  const send = create({ logger: silent, cluster, partitioner, eosManager: eos, retrier });
  await send({ acks: -1, topicMessages: [{ topic: 't', messages }] });
  await send({ acks: -1, topicMessages: [{ topic: 't', messages }] });
  return { attempts, next: [0, 1].map((partition) => eos.getSequence('t', partition)) };
}

it('counts the records of an encoded batch, and takes them back when the broker refuses it', async () => {
  const encoded = (partition: number, recordCount: number) => ({ partition, value: null, encoded: { recordCount } });
  const { attempts, next } = await sendTwice([encoded(0, 1_000), encoded(1, 3)]);
  const first = [0, 1].map((partition) => ({ partition, firstSequence: 0 }));
  const second = [
    { partition: 0, firstSequence: 1_000 },
    { partition: 1, firstSequence: 3 },
  ];
  expect(attempts).toEqual([first, first, second]);
  expect(next).toEqual([2_000, 6]);
});

it('counts messages of its own one by one, as before', async () => {
  const messages = [0, 0, 1].map((partition) => ({ partition, value: 'v' }));
  expect((await sendTwice(messages)).next).toEqual([4, 2]);
});

it('goes on with 0 after the largest sequence number, also back when a send fails', async () => {
  const sequences = await createSequences();
  sequences.updateSequence('t', 0, INT32_MAX);
  expect(sequences.getSequence('t', 0)).toBe(INT32_MAX);
  sequences.updateSequence('t', 0, 10);
  expect(sequences.getSequence('t', 0)).toBe(9);
  sequences.updateSequence('t', 0, -10);
  expect(sequences.getSequence('t', 0)).toBe(INT32_MAX);
});

type Message = object & { readonly encoded?: unknown };

/** The bytes of a produce request for two partitions of one topic. */
async function requestBytes(messages: (partition: number) => Message[], transactionalId?: string): Promise<Buffer> {
  const partitions = [4, 9].map((partition) => ({ partition, firstSequence: 77, messages: messages(partition) }));
  const options = { acks: -1, timeout: 30_000, transactionalId, producerId: '12', producerEpoch: 3, compression: 0 };
  const produce = produceV7 as (options: object) => object;
  const create = request as (options: object) => Promise<{ buffer: Buffer }>;
  const topicData = [{ topic: 'sales-events', partitions }];
  return (await create({ correlationId: 5, clientId: 'c', request: produce({ ...options, topicData }) })).buffer;
}

/** The record batch of each partition: its size is in front of it, the last is the end of the request. */
function cutBatches(bytes: Buffer): Buffer[] {
  const magic = (at: number) =>
    bytes.readInt8(at + 16) === 2 && bytes.readInt32BE(at + 8) === bytes.readInt32BE(at - 4) - 12;
  const starts = Array.from(bytes.keys()).filter((at) => at >= 40 && at + 61 <= bytes.length && magic(at));
  return starts.map((at) => bytes.subarray(at, at + bytes.readInt32BE(at - 4)));
}

it.each([undefined, 'my-transactions'])(
  'makes the same request of encoded batches (transactional id %s)',
  async (id) => {
    const plain = await requestBytes((partition) => [{ timestamp: '1', key: 'k', value: `v${partition}` }], id);
    const batches = cutBatches(plain);
    expect(batches.length).toBe(2);
    const asked: object[] = [];
    const encode = (fields: object) => asked.push(fields) && batches[asked.length - 1];
    expect(await requestBytes(() => [{ encoded: { recordCount: 1, encode } }], id)).toEqual(plain);
    const fields = { producerId: '12', producerEpoch: 3, firstSequence: 77, transactional: id !== undefined };
    expect(asked).toEqual([fields, fields]);
  },
);

it('refuses a batch beside other messages of its partition: their sequence numbers would be mixed up', async () => {
  const encoded = { recordCount: 1, encode: () => Buffer.alloc(0) };
  await expect(requestBytes(() => [{ encoded }, { value: 'v' }])).rejects.toThrow('must be the only message');
});
