import { ManualClock, MemoryLog, type PartitionReader } from '@tidemark/stream';
import { readPartition } from './read-partition.ts';

const CHANGELOG = 'tidemark.counter.combine.changelog';
const MINUTE_MS = 60_000;

let clock: ManualClock;
let log: MemoryLog;

beforeEach(() => {
  clock = new ManualClock(0);
  log = new MemoryLog({ clock });
});

/** Reads a topic in which somebody else keeps a transaction open. */
async function readHeldTopic(topic: string): Promise<unknown> {
  await log.admin.createTopics([{ topic, partitions: 1, config: {} }]);
  log.append(topic, 0, [{ value: 'read' }]);
  const foreign = await (await log.producers.open('foreign')).begin();
  await foreign.send([{ topic, partition: 0, key: null, value: 'held' }]);
  const seen: string[] = [];
  const isAtEnd = ({ position }: PartitionReader) => position >= 2;
  const onRecord = ({ value }: { value: Buffer | null }) => void seen.push(String(value));
  const reading = readPartition({ topic, partition: 0, fromOffset: 0, isAtEnd, onRecord }, { reader: log.reader(), clock }); // prettier-ignore
  const failed = reading.catch((error: unknown) => error);
  await clock.advanceAndSettle(MINUTE_MS);
  expect(seen).toEqual(['read']);
  return failed;
}

test.each([
  [CHANGELOG, 'TM_CHANGELOG_STUCK'],
  ['tidemark.counter.combine.partials', 'TM_INPUT_STUCK'],
  ['tidemark.savepoints.a', 'TM_INPUT_STUCK'],
])('of %s that somebody holds a transaction open in: %s', async (topic, code) => {
  const error = await readHeldTopic(topic);
  expect(error).toMatchObject({ code });
  expect((error as Error).message).toContain(`${topic}/0: read up to 1 of 2, nothing came for 60 s`);
  expect((error as Error).message).toContain(`find-hanging --topic ${topic}`);
});

test('of a log that does not answer: its broker is looked for', async () => {
  const silent: PartitionReader = { topic: CHANGELOG, partition: 0, position: 0, ends: undefined, endsAgeMs: Infinity, take: () => undefined, close() {} }; // prettier-ignore
  const reader = { open: () => silent, close: async () => {} };
  const reading = readPartition({ topic: CHANGELOG, partition: 0, fromOffset: 0, isAtEnd: () => false, onRecord() {} }, { reader, clock }); // prettier-ignore
  const failed = expect(reading).rejects.toThrow(/TM_KAFKA_UNREACHABLE.*an unknown end.*whether the broker/);
  await clock.advanceAndSettle(MINUTE_MS);
  await failed;
});
