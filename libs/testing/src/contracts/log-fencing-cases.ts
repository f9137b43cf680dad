import { hasCode, TidemarkError } from '@tidemark/schemas';
import type { TransactionalProducer } from '@tidemark/stream';
import { uniqueName } from '../unique-name.ts';
import { expectRejection } from './expect-error.ts';
import type { LogScope } from './log-scope.ts';
import { toRecords } from './log-scope.ts';

/** A new owner of a transactional id shuts out every older one, and settles what they left. */
export function describeFencing(scope: () => LogScope): void {
  describe('an old owner', () => describeOldOwner(scope));
  describe('a take-over', () => describeTakeOver(scope));
}

function describeOldOwner(scope: () => LogScope): void {
  it('cannot send any more, and what it had sent is never readable', async () => {
    const topic = await scope().createTopic();
    const old = await scope().openProducer();
    const transaction = await old.begin();
    await transaction.send(toRecords(topic, 0, ['ghost']));
    const owner = await scope().openProducer(old.transactionalId);
    await expectRejection(transaction.send(toRecords(topic, 0, ['ghost'])), 'TM_FENCED');
    await scope().commit(owner, topic, ['real']);
    expect((await scope().probe(topic, 0, 0).readSettled(4)).values).toEqual(['real']);
  });

  it('cannot commit any more', async () => {
    const topic = await scope().createTopic();
    const old = await scope().openProducer();
    const transaction = await old.begin();
    await transaction.send(toRecords(topic, 0, ['ghost', 'ghost']));
    await scope().openProducer(old.transactionalId);
    await expectRejection(transaction.commit(), 'TM_FENCED');
    expect((await scope().probe(topic, 0, 0).readSettled(3)).values).toEqual([]);
  });

  it('cannot start anew when it had nothing open', async () => {
    const topic = await scope().createTopic();
    const old = await scope().openProducer();
    await scope().commit(old, topic, ['earlier']);
    const owner = await scope().openProducer(old.transactionalId);
    await expectRejection(scope().commit(old, topic, ['ghost']), 'TM_FENCED');
    await scope().commit(owner, topic, ['later']);
    expect((await scope().probe(topic, 0, 0).readSettled(4)).values).toEqual(['earlier', 'later']);
  });

  it('cannot end the transaction of its successor', async () => {
    const topic = await scope().createTopic();
    const old = await scope().openProducer();
    const stale = await old.begin();
    await stale.send(toRecords(topic, 0, ['ghost']));
    const owner = await scope().openProducer(old.transactionalId);
    const transaction = await owner.begin();
    await transaction.send(toRecords(topic, 0, ['real']));
    await expect(stale.abort()).rejects.toBeInstanceOf(TidemarkError);
    await transaction.send(toRecords(topic, 0, ['real']));
    await transaction.commit();
    expect((await scope().probe(topic, 0, 0).readSettled(5)).values).toEqual(['real', 'real']);
  });

  it('is left alone by owners of other ids', async () => {
    const topic = await scope().createTopic();
    const producer = await scope().openProducer();
    const transaction = await producer.begin();
    await transaction.send(toRecords(topic, 0, ['a']));
    await scope().openProducer();
    await transaction.commit();
    expect((await scope().probe(topic, 0, 0).readTo(2)).values).toEqual(['a']);
  });
}

function describeTakeOver(scope: () => LogScope): void {
  it('has aborted what was open, on every partition, when open() resolves', async () => {
    const topic = await scope().createTopic(3);
    const dead = await scope().openProducer();
    const transaction = await dead.begin();
    await transaction.send([0, 1, 2].flatMap((partition) => toRecords(topic, partition, ['ghost', 'ghost'])));
    await dead.close();
    await scope().openProducer(dead.transactionalId);

    const ends = await scope().harness.admin.logEnds(topic);
    expect(ends.map(({ highWatermark }) => highWatermark)).toEqual([3, 3, 3]);
    for (const partition of [0, 1, 2]) {
      const probe = scope().probe(topic, partition, 0);
      expect(await probe.readStable(3)).toEqual({ logStart: 0, lastStable: 3, highWatermark: 3 });
      expect(probe.values).toEqual([]);
    }
  });

  it('finds what was committed right before completely settled', async () => {
    const topic = await scope().createTopic();
    const former = await scope().openProducer();
    await scope().commit(former, topic, ['a', 'b']);
    await scope().openProducer(former.transactionalId);
    expect(await scope().harness.admin.logEnds(topic)).toEqual([{ logStart: 0, highWatermark: 3 }]);
    const probe = scope().probe(topic, 0, 0);
    expect((await probe.readStable(3)).lastStable).toBe(3);
    expect(probe.values).toEqual(['a', 'b']);
  });

  it('leaves an open transaction to the next owner when the producer is closed', async () => {
    const topic = await scope().createTopic();
    const former = await scope().openProducer();
    const transaction = await former.begin();
    await transaction.send(toRecords(topic, 0, ['ghost']));
    await former.close();
    await former.close();
    const probe = scope().probe(topic, 0, 0);
    expect(await probe.readStable(1)).toEqual({ logStart: 0, lastStable: 0, highWatermark: 1 });
    await scope().openProducer(former.transactionalId);
    expect((await probe.readTo(2)).values).toEqual([]);
  });

  it('lets only the last of three owners write', async () => {
    const topic = await scope().createTopic();
    const id = uniqueName('txn');
    const owners = [await scope().openProducer(id), await scope().openProducer(id), await scope().openProducer(id)];
    await expectRejection(scope().commit(owners[1]!, topic, ['ghost']), 'TM_FENCED');
    await expectRejection(scope().commit(owners[0]!, topic, ['ghost']), 'TM_FENCED');
    await scope().commit(owners[2]!, topic, ['real']);
    expect((await scope().probe(topic, 0, 0).readSettled(2)).values).toEqual(['real']);
  });

  it('leaves exactly one of two owners that come at the same time', async () => {
    const topic = await scope().createTopic();
    const id = uniqueName('txn');
    const opened = await Promise.allSettled([scope().openProducer(id), scope().openProducer(id)]);
    const owners = opened.filter((result) => result.status === 'fulfilled').map((result) => result.value);
    const outcomes = await commitEach(scope(), owners, topic);
    expect(outcomes.filter((outcome) => outcome === 'committed')).toEqual(['committed']);
    expect((await scope().probe(topic, 0, 0).readSettled(2)).values).toEqual(['real']);
  });
}

async function commitEach(scope: LogScope, owners: readonly TransactionalProducer[], topic: string): Promise<string[]> {
  const outcomes: string[] = [];
  for (const owner of owners) {
    const fenced = (error: unknown) => (hasCode(error, 'TM_FENCED') ? 'fenced' : Promise.reject(error));
    outcomes.push(await scope.commit(owner, topic, ['real']).then(() => 'committed', fenced));
  }
  return outcomes;
}
