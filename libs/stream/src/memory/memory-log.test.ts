import { hasCode } from '@tidemark/schemas';
import type { PartitionReader } from '../ports/log.ts';
import { ManualClock, settle } from './manual-clock.ts';
import { MemoryLog } from './memory-log.ts';

const TOPIC = 'changelog';

async function createLog(partitions = 1) {
  const clock = new ManualClock(5_000);
  const log = new MemoryLog({ clock });
  await log.admin.createTopics([{ topic: TOPIC, partitions, config: {} }]);
  return { log, clock };
}

async function write(log: MemoryLog, id: string, values: readonly string[]) {
  const transaction = await (await log.producers.open(id)).begin();
  await transaction.send(values.map((value) => ({ topic: TOPIC, partition: 0, key: value, value })));
  return transaction;
}

function valuesOf(records: readonly { value: Buffer | null }[]): (string | undefined)[] {
  return records.map(({ value }) => value?.toString());
}

async function openReader(log: MemoryLog, offset: number): Promise<PartitionReader> {
  const reader = log.reader().open({ topic: TOPIC, partition: 0 }, offset, () => {});
  await settle();
  return reader;
}

describe('MemoryLog', () => {
  it('stamps records by its clock', async () => {
    const { log, clock } = await createLog();
    clock.advance(1);
    log.append(TOPIC, 0, [{ value: 'a' }]);
    expect(log.committed(TOPIC).map(({ timestampMs }) => timestampMs)).toEqual([5_001]);
  });

  it('shows a reader nothing before the call that wrote it is over', async () => {
    const { log } = await createLog();
    const reader = await openReader(log, 0);
    log.append(TOPIC, 0, [{ value: 'a' }]);
    expect(reader.take(10)).toBeUndefined();
    expect(reader.ends?.highWatermark).toBe(0);
    await settle();
    expect(valuesOf([...reader.take(10)!.records])).toEqual(['a']);
  });

  it('answers committed records only', async () => {
    const { log } = await createLog();
    await (await write(log, 'x', ['committed'])).commit();
    await (await write(log, 'y', ['aborted'])).abort();
    await write(log, 'z', ['open']);
    log.append(TOPIC, 0, [{ value: 'behind the open one' }]);
    expect(valuesOf(log.committed(TOPIC))).toEqual(['committed']);
    expect(log.hasOpenTransaction()).toBe(true);
    await log.producers.open('z');
    expect(log.hasOpenTransaction()).toBe(false);
    expect(valuesOf(log.committed(TOPIC))).toEqual(['committed', 'behind the open one']);
  });

  it('keeps what was sent when the writer uses its buffer again', async () => {
    const { log } = await createLog();
    const value = Buffer.from('before');
    log.append(TOPIC, 0, [{ value }]);
    value.fill('x');
    expect(valuesOf(log.committed(TOPIC))).toEqual(['before']);
  });

  it('fails a reader whose position was truncated away, or whose topic was deleted', async () => {
    const { log } = await createLog();
    log.append(TOPIC, 0, [{ value: 'a' }, { value: 'b' }]);
    const reader = await openReader(log, 0);
    log.truncate(TOPIC, 0, 1);
    expect(() => reader.take(10)).toThrow(/TM_OFFSET_OUT_OF_RANGE/);
    log.deleteTopic(TOPIC);
    expect(() => reader.take(10)).toThrow(/TM_TOPIC_GONE/);
    expect(await log.admin.listTopics()).toEqual([]);
  });

  it('gets further partitions, and keeps the old ones', async () => {
    const { log } = await createLog();
    log.append(TOPIC, 0, [{ value: 'a' }]);
    log.addPartitions(TOPIC, 3);
    log.append(TOPIC, 2, [{ value: 'c' }]);
    expect(await log.admin.partitionCounts([TOPIC])).toEqual(new Map([[TOPIC, 3]]));
    expect(valuesOf(log.committed(TOPIC))).toEqual(['a', 'c']);
  });
});

describe('compaction of MemoryLog', () => {
  it('keeps the newest committed record of each key at its offset, and all records without a key', async () => {
    const { log } = await createLog();
    log.append(TOPIC, 0, [
      { key: 'k', value: '1' },
      { value: 'no key' },
      { key: 'k', value: '2' },
      { value: 'neither' },
    ]);
    await (await write(log, 'x', ['k'])).abort();
    log.compact(TOPIC);
    const left = log.committed(TOPIC);
    expect(left.map(({ offset, value }) => `${offset} ${value}`)).toEqual(['1 no key', '2 2', '3 neither']);
  });

  it('leaves positions as they are: a reader goes over the gaps to the same end', async () => {
    const { log } = await createLog();
    log.append(
      TOPIC,
      0,
      ['1', '2', '3', '4'].map((value) => ({ key: 'k', value })),
    );
    const reader = await openReader(log, 1);
    log.compact(TOPIC);
    await settle();
    const batch = reader.take(10);
    expect(batch).toMatchObject({ startOffset: 1, nextOffset: 4, records: [{ offset: 3 }] });
  });

  it('touches nothing from the oldest open transaction on', async () => {
    const { log } = await createLog();
    const open = await write(log, 'x', ['k']);
    log.append(TOPIC, 0, [
      { key: 'k', value: '1' },
      { key: 'k', value: '2' },
    ]);
    log.compact(TOPIC);
    await open.commit();
    expect(valuesOf(log.committed(TOPIC))).toEqual(['k', '1', '2']);
  });

  it('drops tombstones only when told', async () => {
    const { log } = await createLog();
    log.append(TOPIC, 0, [
      { key: 'gone', value: '1' },
      { key: 'gone', value: null },
      { key: 'k', value: '1' },
    ]);
    log.compact(TOPIC);
    expect(log.committed(TOPIC).length).toBe(2);
    log.compact(TOPIC, { dropTombstones: true });
    expect(valuesOf(log.committed(TOPIC))).toEqual(['1']);
  });

  it('spares what is younger than the lag, and tombstones that are younger than their retention', async () => {
    const { log, clock } = await createLog();
    const append = (key: string, value: string | null) => log.append(TOPIC, 0, [{ key, value }]);
    append('old', null);
    clock.advance(1);
    for (const value of ['1', '2', null]) append('k', value);
    clock.advance(1);
    for (const value of ['3', '4']) append('k', value);
    log.compact(TOPIC, { beforeMs: 5_002, dropTombstonesBeforeMs: 5_001 });
    expect(valuesOf(log.committed(TOPIC))).toEqual([undefined, '3', '4']);
  });
});

describe('markers that are written later than the decision', () => {
  it('hold back what they end; the id is settling until the last one', async () => {
    const markers: (() => void)[] = [];
    const log = new MemoryLog({ scheduleMarker: (write) => void markers.push(write) });
    await log.admin.createTopics([{ topic: TOPIC, partitions: 2, config: {} }]);
    const transaction = await (await log.producers.open('x')).begin();
    await transaction.send([0, 1].map((partition) => ({ topic: TOPIC, partition, key: null, value: 'a' })));
    const before = log.openTransaction('x');
    expect(before).toBeDefined();
    await transaction.commit();
    expect([log.openTransaction('x'), log.isSettling('x')]).toEqual([undefined, true]);
    expect(log.committed(TOPIC)).toEqual([]);
    markers[1]!();
    expect([log.committed(TOPIC).map(({ partition }) => partition), log.isSettling('x')]).toEqual([[1], true]);
    markers[0]!();
    expect([log.committed(TOPIC).length, log.isSettling('x')]).toEqual([2, false]);
  });
});

describe('failures of MemoryLog', () => {
  it.each([
    ['lost', []],
    ['applied', ['a']],
  ] as const)('fails a commit whose request or reply is %s', async (effect, expected) => {
    const { log } = await createLog();
    const transaction = await write(log, 'x', ['a']);
    log.failNext({ operation: 'commit', effect });
    await expect(transaction.commit()).rejects.toThrow(/TM_TRANSACTION_FAILED/);
    await expect(transaction.commit()).rejects.toThrow(/open a new producer/);
    await log.producers.open('x');
    expect(valuesOf(log.committed(TOPIC))).toEqual(expected);
  });

  it('fails only the producer that is named, and only once', async () => {
    const { log } = await createLog();
    log.failNext({ operation: 'send', effect: 'lost', transactionalId: 'y' });
    await (await write(log, 'x', ['a'])).commit();
    await expect(write(log, 'y', ['b'])).rejects.toThrow(/TM_TRANSACTION_FAILED/);
    await (await write(log, 'y', ['c'])).commit();
    expect(valuesOf(log.committed(TOPIC))).toEqual(['a', 'c']);
  });

  it('fails an open with an error that may be tried again', async () => {
    const { log } = await createLog();
    log.failNext({ operation: 'open', effect: 'lost' });
    await expect(log.producers.open('x')).rejects.toMatchObject({ canRetry: true });
    await expect(log.producers.open('x')).resolves.toMatchObject({ transactionalId: 'x' });
  });

  it('aborts and fences a producer whose transaction took too long', async () => {
    const { log } = await createLog();
    const transaction = await write(log, 'x', ['slow']);
    log.expireTransaction('x');
    const error: unknown = await transaction.commit().catch((reason: unknown) => reason);
    expect(hasCode(error, 'TM_FENCED')).toBe(true);
    expect(log.committed(TOPIC)).toEqual([]);
  });
});
