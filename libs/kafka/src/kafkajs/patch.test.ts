// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- ambient types of untyped modules cannot be imported
/// <reference path="./kafkajs-internals.d.ts" />
import requestQueue from 'kafkajs/src/network/requestQueue/index.js';
import group from 'kafkajs/src/producer/groupMessagesPerPartition.js';
import createSendMessages from 'kafkajs/src/producer/sendMessages.js';
import type { FilterableMessage } from './internal-types.ts';
import { filterAbortedMessages } from './internals.ts';

/** One test or more for each hunk of patches/kafkajs+2.2.4.patch; docs/kafkajs-patch.md names them. */

const ABORT_KEY = Buffer.from([0, 0, 0, 0]);
const COMMIT_KEY = Buffer.from([0, 0, 0, 1]);

interface Named extends FilterableMessage {
  readonly name: string;
}

function message(offset: number, producerId: string, name: string, key: Buffer | null = null): Named {
  return {
    offset: String(offset),
    key,
    name,
    batchContext: { producerId, inTransaction: true, isControlBatch: false },
  };
}

function marker(offset: number, producerId: string, key: Buffer): Named {
  const batchContext = { producerId, inTransaction: true, isControlBatch: true };
  return { offset: String(offset), key, name: 'marker', batchContext };
}

function visible(
  messages: Named[],
  aborted: readonly (readonly [producerId: string, firstOffset: number])[],
): string[] {
  const abortedTransactions = aborted.map(([producerId, first]) => ({ producerId, firstOffset: String(first) }));
  const kept = filterAbortedMessages({ messages, abortedTransactions });
  return kept.map(({ name }) => name).filter((name) => name !== 'marker');
}

describe('filterAbortedMessages', () => {
  it('hides interleaved transactions, the later of which aborted first', () => {
    const messages = [
      message(0, '1', 'A1'),
      message(1, '2', 'B1'),
      message(2, '1', 'A2'),
      marker(3, '2', ABORT_KEY),
      marker(4, '1', ABORT_KEY),
      message(5, '1', 'COMMITTED'),
      marker(6, '1', COMMIT_KEY),
    ];
    const asTheBrokerListsThem = [['2', 1] as const, ['1', 0] as const];
    expect(visible(messages, asTheBrokerListsThem)).toEqual(['COMMITTED']);
  });

  it('hides the rest of two transactions that were open where the fetch starts', () => {
    const messages = [
      message(10, '2', 'B9'),
      message(11, '1', 'A9'),
      marker(12, '1', ABORT_KEY),
      marker(13, '2', ABORT_KEY),
    ];
    expect(
      visible(messages, [
        ['1', 0],
        ['2', 1],
      ]),
    ).toEqual([]);
  });

  it('takes a user key of 00 00 00 00 for a key', () => {
    const messages = [message(0, '1', 'A1', ABORT_KEY), message(1, '1', 'A2'), marker(2, '1', ABORT_KEY)];
    expect(visible(messages, [['1', 0]])).toEqual([]);
  });

  it('shows what a producer commits between and after what it aborts', () => {
    const messages = [
      message(0, '1', 'A1'),
      marker(1, '1', ABORT_KEY),
      message(2, '1', 'C1'),
      marker(3, '1', COMMIT_KEY),
      message(4, '1', 'A2'),
      marker(5, '1', ABORT_KEY),
      message(6, '1', 'C2'),
    ];
    expect(
      visible(messages, [
        ['1', 0],
        ['1', 4],
      ]),
    ).toEqual(['C1', 'C2']);
  });
});

it('sets no timer while no request waits', () => {
  const RequestQueue = requestQueue as new (options: object) => {
    scheduleCheckPendingRequests(): void;
    readonly throttleCheckTimeoutId: unknown;
  };
  const queue = new RequestQueue({ maxInFlightRequests: null, requestTimeout: 1_000, logger: { debug() {} } });
  queue.scheduleCheckPendingRequests();
  expect(queue.throttleCheckTimeoutId).toBeNull();
});

it('groups messages per partition, in their order', () => {
  const groupMessages = group as (options: object) => Record<number, unknown[]>;
  const messages = Array.from({ length: 6 }, (_, i) => ({ value: `v${i}`, partition: i % 2 }));
  const partitioner = ({ message }: { message: { partition: number } }) => message.partition;
  const grouped = groupMessages({ topic: 't', partitionMetadata: [{}, {}], messages, partitioner });
  expect(grouped).toEqual({ 0: [messages[0], messages[2], messages[4]], 1: [messages[1], messages[3], messages[5]] });
});

it('does not send again to a broker whose answer is still to come, when another broker fails', async () => {
  const sent: string[] = [];
  const fails = [true, false];
  const brokers: Record<string, object> = {
    '1': { nodeId: '1', produce: async () => failOnce() },
    '2': { nodeId: '2', produce: async () => answerLate() },
  };
  async function failOnce() {
    sent.push('1');
    if (fails.shift()) throw Object.assign(new Error('not now'), { name: 'KafkaJSProtocolError', retriable: true });
    return { topics: [] };
  }
  async function answerLate() {
    sent.push('2');
    await new Promise((resolve) => setImmediate(resolve));
    return { topics: [] };
  }
  const cluster = {
    refreshMetadataIfNecessary: async () => undefined,
    refreshMetadata: async () => undefined,
    addMultipleTargetTopics: async () => undefined,
    findTopicPartitionMetadata: () => [{}],
    findLeaderForPartitions: () => ({ '1': [0], '2': [1] }),
    findBroker: async ({ nodeId }: { nodeId: string }) => brokers[nodeId],
    isConnected: () => true,
  };
  const eosManager = {
    acquireBrokerLock: async () => undefined,
    releaseBrokerLock: () => undefined,
    isTransactional: () => false,
    getSequence: () => 0,
    updateSequence: () => undefined,
    getProducerId: () => -1,
    getProducerEpoch: () => 0,
  };
  const retrier = async (attempt: (bail: (error: Error) => void) => Promise<unknown>) => {
    const bail = (error: Error) => {
      throw error;
    };
    return attempt(bail).catch(() => attempt(bail));
  };
  const logger = { debug() {}, error() {} };
  const partitioner = ({ message }: { message: { partition: number } }) => message.partition;
  const create = createSendMessages as (options: object) => (batch: object) => Promise<unknown>;
  const messages = [0, 1].map((partition) => ({ partition, value: 'v' }));
  await create({ logger, cluster, partitioner, eosManager, retrier })({
    acks: -1,
    topicMessages: [{ topic: 't', messages }],
  });
  expect(sent).toEqual(['1', '2', '1']);
});
