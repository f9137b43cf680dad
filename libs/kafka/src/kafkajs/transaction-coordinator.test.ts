// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- ambient types of untyped modules cannot be imported
/// <reference path="./kafkajs-internals.d.ts" />
import createEosManager from 'kafkajs/src/producer/eosManager/index.js';

/** How the patched KafkaJS deals with the coordinator of its transactions; docs/kafkajs-patch.md names these tests. */

interface TopicData {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number }[];
}

interface EosManager {
  initProducerId(): Promise<void>;
  beginTransaction(announced?: readonly TopicData[]): void;
  addPartitionsToTransaction(topicData: readonly TopicData[]): Promise<void>;
  commit(): Promise<void>;
  abort(): Promise<void>;
}

const QUICK = { initialRetryTime: 1, multiplier: 1, maxRetryTime: 1, retries: 3 };
const DATA: readonly TopicData[] = [{ topic: 't', partitions: [{ partition: 0 }] }];

function protocolError(type: string): Error {
  return Object.assign(new Error(type), { type, name: 'KafkaJSProtocolError', retriable: true });
}

/** A manager whose coordinator fails with `errors`, in their order, before it succeeds; `asked` is what it is asked. */
function createManager() {
  const asked: string[] = [];
  const errors: string[] = [];
  const ask = (name: string) => async (fields: { readonly topics?: readonly object[] }) => {
    asked.push(fields.topics ? `${name} ${JSON.stringify(fields.topics)}` : name);
    const type = errors.shift();
    if (type !== undefined) throw protocolError(type);
    return { producerId: '7', producerEpoch: 0 };
  };
  const broker = { nodeId: '1', initProducerId: ask('init'), addPartitionsToTxn: ask('add'), endTxn: ask('end') };
  const cluster = {
    retry: { ...QUICK, retries: 0 },
    refreshMetadataIfNecessary: async () => undefined,
    findBroker: async () => broker,
    findGroupCoordinator: async () => {
      asked.push('look up');
      return broker;
    },
  };
  const create = createEosManager as (options: object) => EosManager;
  const options = { logger: { debug() {} }, cluster, transactional: true, transactionalId: 'id', retry: QUICK };
  return { manager: create(options), asked, errors };
}

/** The same after it has got its producer id, in a transaction. */
async function begin(announced?: readonly TopicData[]) {
  const created = createManager();
  await created.manager.initProducerId();
  created.manager.beginTransaction(announced);
  created.asked.length = 0;
  return created;
}

const ADD = 'add [{"topic":"t","partitions":[0]}]';

it('looks the coordinator up once', async () => {
  const { manager, asked } = createManager();
  await manager.initProducerId();
  for (const end of ['commit', 'abort'] as const) {
    manager.beginTransaction();
    await manager.addPartitionsToTransaction(DATA);
    await manager[end]();
  }
  expect(asked).toEqual(['look up', 'init', ADD, 'end', ADD, 'end']);
});

const MOVED = ['NOT_COORDINATOR_FOR_GROUP', 'GROUP_COORDINATOR_NOT_AVAILABLE', 'GROUP_LOAD_IN_PROGRESS'];

describe.each(MOVED)('after %s', (type) => {
  it('looks the coordinator up again and repeats what was asked', async () => {
    const { manager, asked, errors } = await begin();
    errors.push(type);
    await manager.addPartitionsToTransaction(DATA);
    errors.push(type, type);
    await manager.commit();
    const again = ['end', 'look up', 'end', 'look up', 'end'];
    expect(asked).toEqual([ADD, 'look up', ADD, ...again]);
  });

  it('gets a producer id from whoever is the coordinator then', async () => {
    const { manager, asked, errors } = createManager();
    errors.push(type);
    await manager.initProducerId();
    expect(asked).toEqual(['look up', 'init', 'look up', 'init']);
  });
});

it('asks the same coordinator again while it is busy with the transaction before', async () => {
  const { manager, asked, errors } = await begin();
  const busy = 'CONCURRENT_TRANSACTIONS';
  errors.push(busy, busy);
  await manager.addPartitionsToTransaction(DATA);
  errors.push(busy);
  await manager.abort();
  expect(asked).toEqual([ADD, ADD, ADD, 'end', 'end']);
});

it('waits for the end of an open transaction, at a take-over, as the retry of the producer says', async () => {
  const { manager, asked, errors } = createManager();
  errors.push('CONCURRENT_TRANSACTIONS', 'CONCURRENT_TRANSACTIONS', 'CONCURRENT_TRANSACTIONS');
  await manager.initProducerId();
  expect(asked).toEqual(['look up', 'init', 'init', 'init', 'init']);
});

it('gives up after the attempts that the producer allows', async () => {
  const { manager, asked, errors } = await begin();
  errors.push(...Array.from({ length: QUICK.retries + 1 }, () => 'CONCURRENT_TRANSACTIONS'));
  await expect(manager.addPartitionsToTransaction(DATA)).rejects.toThrow('CONCURRENT_TRANSACTIONS');
  expect(asked).toEqual([ADD, ADD, ADD, ADD]);
});

it('tries nothing else again, and looks the coordinator up before the next request', async () => {
  const { manager, asked, errors } = await begin();
  errors.push('REQUEST_TIMED_OUT');
  await expect(manager.addPartitionsToTransaction(DATA)).rejects.toThrow('REQUEST_TIMED_OUT');
  await manager.addPartitionsToTransaction(DATA);
  errors.push('PRODUCER_FENCED');
  await expect(manager.commit()).rejects.toThrow('PRODUCER_FENCED');
  expect(asked).toEqual([ADD, 'look up', ADD, 'end']);
});

describe('announced partitions', () => {
  const announced = [
    { topic: 't', partitions: [{ partition: 0 }] },
    { topic: 'u', partitions: [{ partition: 3 }] },
  ];

  it('are added with those of the first send, each once', async () => {
    const { manager, asked } = await begin(announced);
    await manager.addPartitionsToTransaction(DATA);
    await manager.addPartitionsToTransaction(announced);
    expect(asked).toEqual(['add [{"topic":"t","partitions":[0]},{"topic":"u","partitions":[3]}]']);
  });

  it('are forgotten when the transaction ends before a send', async () => {
    const { manager, asked } = await begin(announced);
    await manager.commit();
    manager.beginTransaction();
    await manager.addPartitionsToTransaction(DATA);
    expect(asked).toEqual([ADD]);
  });
});
