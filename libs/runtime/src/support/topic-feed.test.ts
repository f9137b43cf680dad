import { TidemarkError, topics } from '@tidemark/schemas';
import {
  type LogReader,
  ManualClock,
  MemoryLog,
  type PartitionReader,
  type RecordBatch,
  settle,
  silentLogger,
  type TopicAdmin,
} from '@tidemark/stream';
import { readerOver } from '../../test/support/reader-over.ts';
import { DEFAULT_RUNTIME_OPTIONS } from '../options.ts';
import { TopicFeed } from './topic-feed.ts';

const { topic } = topics.frontiers;

let clock: ManualClock;
let log: MemoryLog;
let feed: TopicFeed;
let seen: string[];
let warnings: number;

beforeEach(async () => {
  clock = new ManualClock(0);
  log = new MemoryLog({ clock });
  [seen, warnings] = [[], 0];
  await create(2);
});

afterEach(() => feed.close());

async function create(partitions: number): Promise<void> {
  await log.admin.createTopics([{ topic, partitions, config: {} }]);
}

async function follow(admin: TopicAdmin = log.admin, reader = log.reader()): Promise<void> {
  const logger = { ...silentLogger, warn: () => void (warnings += 1) };
  const onRecord = ({ value }: { readonly value: Buffer | null }) => void seen.push(String(value));
  feed = new TopicFeed(topic, { reader, admin, clock, logger }, DEFAULT_RUNTIME_OPTIONS, { onRecord, onChange() {} }); // prettier-ignore
  await feed.start();
  await settle();
}

function append(values: string, partition = 0): void {
  log.append(topic, partition, [...values].map((value) => ({ key: value.toLowerCase(), value }))); // prettier-ignore
}

async function isReached(...ends: number[]): Promise<boolean> {
  let isReached = false;
  void feed.reach(ends).then(() => (isReached = true));
  await settle();
  return isReached;
}

/** A broker without ids of topics, as before Kafka 2.8. */
const withoutIds = (): TopicAdmin => ({ ...log.admin, topicIds: async () => new Map() });

test('what a partition that is lost holds is not reached, whatever was read before', async () => {
  append('abc');
  append('x', 1);
  await follow();
  expect(await isReached(3, 1)).toBe(true);
  log.deleteTopic(topic);
  await settle();
  expect(await isReached(1, 0)).toBe(false);
  await create(2);
  append('d');
  await clock.advanceAndSettle(10_000);
  expect(await isReached(1, 0)).toBe(true);
  expect(seen.join('')).toBe('abcxd');
});

test('a reach that waits for a partition that is lost ends once that is read again', async () => {
  append('ab');
  await follow();
  log.deleteTopic(topic);
  await settle();
  let hasReached = false;
  void feed.reach([2, 0]).then(() => (hasReached = true));
  await create(2);
  append('c');
  const foreign = await (await log.producers.open('foreign')).begin();
  await foreign.send([{ topic, partition: 0, key: 'x', value: 'x' }]);
  await clock.advanceAndSettle(10_000);
  expect(hasReached).toBe(false);
  await foreign.abort();
  await settle();
  expect(hasReached).toBe(true);
  expect(seen.join('')).toBe('abc');
});

test('a reach of more than there was when the topic was lost does not wait for what never comes', async () => {
  append('abcd');
  const held = readerTaking((real) => (clock.now() === 0 ? undefined : real.take(Infinity)));
  await follow(log.admin, held);
  let hasReached = false;
  void feed.reach([4, 0]).then(() => (hasReached = true));
  log.deleteTopic(topic);
  await create(2);
  append('e');
  await clock.advanceAndSettle(1);
  feed.identify((await log.admin.topicIds([topic])).get(topic));
  await clock.advanceAndSettle(10_000);
  expect(seen).toEqual(['e']);
  expect(hasReached).toBe(true);
  expect(await isReached(2, 0)).toBe(false);
});

test('what cannot be read to its end a second time is told of, though its beginning can be', async () => {
  append('a');
  let isCorrupt = false;
  const reader = readerTaking((real) => {
    if (isCorrupt && real.position === 1) throw new TidemarkError('TM_CORRUPT_BATCH', 'no batch');
    return real.take(1);
  });
  await follow(log.admin, reader);
  log.deleteTopic(topic);
  await create(2);
  append('bc');
  isCorrupt = true;
  for (let seconds = 0; seconds < 60; seconds += 5) await clock.advanceAndSettle(5_000);
  feed.watch(true);
  expect(feed.trouble).toMatchObject({ code: 'TM_CORRUPT_BATCH' });
  expect(await isReached(0, 0)).toBe(false);
  isCorrupt = false;
  await clock.advanceAndSettle(5_000);
  expect(feed.trouble).toBeUndefined();
  expect(seen.join('')).toBe('abc');
  expect(warnings).toBe(2);
});

test('a transaction that keeps it from being read a second time is told of as one', async () => {
  await follow();
  log.deleteTopic(topic);
  await create(2);
  const foreign = await (await log.producers.open('foreign')).begin();
  await foreign.send([{ topic, partition: 0, key: 'x', value: 'x' }]);
  for (let seconds = 0; seconds < 60; seconds += 10) {
    await clock.advanceAndSettle(10_000);
    feed.watch(true);
  }
  expect(feed.trouble).toMatchObject({ code: 'TM_INPUT_STUCK' });
  await foreign.abort();
  await clock.advanceAndSettle(5_000);
  expect(feed.trouble).toBeUndefined();
});

test.each([
  ['with ids', () => log.admin],
  ['without', withoutIds],
])(
  'of a topic that was made anew, %s, the newest of each key is handed over, once all that was there is read',
  async (_, admin) => {
    append('abc');
    await follow(admin());
    log.deleteTopic(topic);
    await settle();
    await create(2);
    append('aAbB');
    const foreign = await (await log.producers.open('foreign')).begin();
    await foreign.send([{ topic, partition: 0, key: 'a', value: 'o' }]);
    await clock.advanceAndSettle(10_000);
    expect(seen.join('')).toBe('abc');
    await foreign.commit();
    append('z');
    await settle();
    expect(seen.join('')).toBe('abcoBz');
  },
);

/** A reader of which each take is another one's. */
function readerTaking(take: (real: PartitionReader) => RecordBatch | undefined): LogReader {
  const reader = log.reader();
  const open: LogReader['open'] = (at, offset, onChange) => {
    const real = reader.open(at, offset, onChange);
    return readerOver(real, { take: () => take(real) });
  };
  return { open, close: reader.close };
}

test('goes on where it stood when what kept it from reading is over, and says so once', async () => {
  append('ab');
  let isAway = false;
  const reader = readerTaking((real) => {
    if (isAway) throw new Error('no right to read it');
    return real.take(Infinity);
  });
  await follow(log.admin, reader);
  isAway = true;
  append('c');
  await clock.advanceAndSettle(60_000);
  feed.watch(true);
  expect(feed.trouble).toMatchObject({ code: 'TM_KAFKA_UNREACHABLE', fields: { topic, partition: 0, position: 2 } });
  isAway = false;
  await clock.advanceAndSettle(5_000);
  expect(feed.trouble).toBeUndefined();
  expect(seen.join('')).toBe('abc');
  expect(warnings).toBe(1);
});

test('a topic that was made anew, and whose offsets fit, is known by its id', async () => {
  append('abc');
  const silent = readerTaking((real) => {
    try {
      return real.take(Infinity);
    } catch {
      return undefined;
    }
  });
  await follow(log.admin, silent);
  log.deleteTopic(topic);
  await create(2);
  append('defg');
  await clock.advanceAndSettle(10_000);
  expect(seen.join('')).toBe('abc');
  feed.identify((await log.admin.topicIds([topic])).get(topic));
  await clock.advanceAndSettle(10_000);
  expect(seen.join('')).toBe('abcdefg');
  expect(await isReached(4, 0)).toBe(true);
});

test('a partition whose beginning was cut off goes on with what is left', async () => {
  await follow();
  log.truncate(topic, 0, 0);
  append('abc');
  log.truncate(topic, 0, 2);
  await clock.advanceAndSettle(10_000);
  expect(seen.join('')).toBe('c');
  expect(await isReached(3, 0)).toBe(true);
});

test('a topic that does not come back is told of with its code; closing waits for nothing', async () => {
  await follow();
  log.deleteTopic(topic);
  await clock.advanceAndSettle(20_000);
  feed.watch(true);
  expect(feed.trouble).toBeUndefined();
  await clock.advanceAndSettle(20_000);
  feed.watch(true);
  expect(feed.trouble).toMatchObject({ code: 'TM_TOPIC_GONE' });
  const reached = feed.reach([1, 1]);
  feed.close();
  await reached;
});

test('with fewer partitions than before, those that are missing stay lost', async () => {
  await follow();
  log.deleteTopic(topic);
  await settle();
  await create(1);
  append('a');
  await clock.advanceAndSettle(60_000);
  feed.watch(true);
  expect(seen).toEqual(['a']);
  expect(feed.trouble?.message).toMatch(/tidemark.frontiers\/1 cannot be followed .* has no partition 1 any more/);
  expect(await isReached(1, 0)).toBe(false);
});
