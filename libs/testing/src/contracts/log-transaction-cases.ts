import { TidemarkError } from '@tidemark/schemas';
import type { LogScope } from './log-scope.ts';
import { numbered, toRecords } from './log-scope.ts';

/** When records of a transaction become readable, and where they are. */
export function describeTransactions(scope: () => LogScope): void {
  describe('visibility', () => describeVisibility(scope));
  describe('written ends', () => describeWrittenEnds(scope));
  describe('one at a time', () => describeSequence(scope));
}

function describeVisibility(scope: () => LogScope): void {
  it('shows nothing of an open transaction, nor what others write after its start, until it commits', async () => {
    const topic = await scope().createTopic();
    await scope().append(topic, 0, ['before']);
    const probe = scope().probe(topic, 0, 0);
    const transaction = await (await scope().openProducer()).begin();
    await transaction.send(toRecords(topic, 0, ['t0', 't1']));
    await scope().append(topic, 0, ['after']);

    expect(await probe.readStable(4)).toEqual({ logStart: 0, lastStable: 1, highWatermark: 4 });
    expect(probe.values).toEqual(['before']);
    expect(probe.reader.position).toBe(1);

    await transaction.commit();
    await probe.readTo(5);
    expect(probe.values).toEqual(['before', 't0', 't1', 'after']);
    expect(probe.reader.ends).toEqual({ logStart: 0, lastStable: 5, highWatermark: 5 });
  });

  it('waits for the oldest of two open transactions', async () => {
    const topic = await scope().createTopic();
    const probe = scope().probe(topic, 0, 0);
    const older = await (await scope().openProducer()).begin();
    const younger = await (await scope().openProducer()).begin();
    await older.send(toRecords(topic, 0, ['older']));
    await younger.send(toRecords(topic, 0, ['younger']));
    expect((await probe.readStable(2)).lastStable).toBe(0);
    await younger.commit();
    expect((await probe.readStable(3)).lastStable).toBe(0);
    expect(probe.values).toEqual([]);
    await older.commit();
    expect((await probe.readTo(4)).values).toEqual(['older', 'younger']);
  });

  it('makes all partitions and topics of a transaction readable, each with a marker at its end', async () => {
    const [left, right] = [await scope().createTopic(2), await scope().createTopic()];
    const transaction = await (await scope().openProducer()).begin();
    await transaction.send([
      ...toRecords(left, 0, ['l0']),
      ...toRecords(left, 1, ['l1']),
      ...toRecords(right, 0, ['r']),
    ]);
    await transaction.commit();
    expect((await scope().probe(left, 0, 0).readTo(2)).values).toEqual(['l0']);
    expect((await scope().probe(left, 1, 0).readTo(2)).values).toEqual(['l1']);
    expect((await scope().probe(right, 0, 0).readTo(2)).values).toEqual(['r']);
  });

  it('moves the position past an aborted tail, up to the high watermark', async () => {
    const topic = await scope().createTopic();
    const producer = await scope().openProducer();
    const transaction = await producer.begin();
    await transaction.send(toRecords(topic, 0, ['ghost', 'ghost']));
    await transaction.abort();
    const probe = await scope().probe(topic, 0, 0).readTo(3);
    expect(probe.values).toEqual([]);
    expect(probe.reader.position).toBe(3);
    expect(await probe.readStable(3)).toEqual({ logStart: 0, lastStable: 3, highWatermark: 3 });
  });

  it.each([1, 2, 5])('counts markers into the position when read in parts of %d', async (maxRecords) => {
    const topic = await scope().createTopic();
    const producer = await scope().openProducer();
    for (let i = 0; i < 5; i++) await scope().commit(producer, topic, numbered(`t${i}`, 3));
    const probe = await scope().probe(topic, 0, 0).readTo(20, maxRecords);
    expect(probe.records.map((record) => record.offset)).toEqual([0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 18]);
    expect(probe.reader.position).toBe(20);
  });

  it.each([3, 4])('goes on exactly from position %d, beside a marker', async (position) => {
    const topic = await scope().createTopic();
    const producer = await scope().openProducer();
    await scope().commit(producer, topic, numbered('a', 3));
    await scope().commit(producer, topic, numbered('b', 2));
    expect((await scope().probe(topic, 0, position).readTo(7)).values).toEqual(['b-0', 'b-1']);
  });
}

function describeWrittenEnds(scope: () => LogScope): void {
  it('answers one past the last record for each partition written, and for no other', async () => {
    const [left, right] = [await scope().createTopic(3), await scope().createTopic()];
    await scope().append(left, 2, numbered('old', 10));
    const transaction = await (await scope().openProducer()).begin();
    const records = [
      ...toRecords(left, 0, ['a', 'b', 'c']),
      ...toRecords(right, 0, ['r']),
      ...toRecords(left, 2, ['d']),
    ];
    expect(plain(await transaction.send(records))).toEqual({ [left]: { 0: 3, 2: 11 }, [right]: { 0: 1 } });
    expect(plain(await transaction.send(toRecords(left, 0, ['e'])))).toEqual({ [left]: { 0: 4 } });
    await transaction.commit();
    const probe = await scope().probe(left, 2, 0).readTo(11);
    expect(probe.values.at(-1)).toBe('d');
  });

  it('counts the marker of the transaction before', async () => {
    const topic = await scope().createTopic();
    const producer = await scope().openProducer();
    await scope().commit(producer, topic, ['a']);
    const transaction = await producer.begin();
    expect(plain(await transaction.send(toRecords(topic, 0, ['b'])))).toEqual({ [topic]: { 0: 3 } });
    await transaction.commit();
  });
}

function describeSequence(scope: () => LogScope): void {
  it('commits many transactions one after another, aborts among them', async () => {
    const topic = await scope().createTopic();
    const producer = await scope().openProducer();
    for (let i = 0; i < 30; i++) {
      const transaction = await producer.begin();
      await transaction.send(toRecords(topic, 0, [`${i}`]));
      await (i % 3 === 0 ? transaction.abort() : transaction.commit());
    }
    const probe = await scope().probe(topic, 0, 0).readTo(60);
    expect(probe.values).toEqual(Array.from({ length: 30 }, (_, i) => `${i}`).filter((_, i) => i % 3 !== 0));
  });

  it('commits a transaction that wrote nothing, and goes on', async () => {
    const topic = await scope().createTopic();
    const producer = await scope().openProducer();
    await (await producer.begin()).commit();
    await (await producer.begin()).abort();
    await scope().commit(producer, topic, ['a']);
    expect((await scope().probe(topic, 0, 0).readTo(2)).values).toEqual(['a']);
  });

  it('is unusable after a failed send, and a new owner goes on', async () => {
    const topic = await scope().createTopic();
    const producer = await scope().openProducer();
    const transaction = await producer.begin();
    await transaction.send(toRecords(topic, 0, ['ghost']));
    await expect(transaction.send(toRecords(topic, 0, ['x'.repeat(2_000_000)]))).rejects.toBeInstanceOf(TidemarkError);
    await expect(transaction.commit()).rejects.toBeInstanceOf(TidemarkError);
    await producer.close();
    await scope().commit(await scope().openProducer(producer.transactionalId), topic, ['real']);
    expect((await scope().probe(topic, 0, 0).readSettled(4)).values).toEqual(['real']);
  });
}

function plain(ends: ReadonlyMap<string, ReadonlyMap<number, number>>): Record<string, Record<string, number>> {
  return Object.fromEntries([...ends].map(([topic, partitions]) => [topic, Object.fromEntries(partitions)]));
}
