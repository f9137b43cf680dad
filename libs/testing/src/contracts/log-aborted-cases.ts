import type { Transaction } from '@tidemark/stream';
import { createRandom } from '../seeded-random.ts';
import type { LogScope } from './log-scope.ts';
import { numbered, toRecords } from './log-scope.ts';

/** Keys that look like control records to a reader that goes by the key. */
const ABORT_MARKER_KEY = Buffer.from([0, 0, 0, 0]);
const COMMIT_MARKER_KEY = Buffer.from([0, 0, 0, 1]);

/** Aborted records are never read, wherever reading starts. */
export function describeAbortedRecords(scope: () => LogScope): void {
  describe('known traps', () => describeTraps(scope));
  describe('any interleaving', () => describeRandomHistories(scope));
}

function describeTraps(scope: () => LogScope): void {
  it('hides interleaved transactions that are aborted in reverse order', async () => {
    const topic = await scope().createTopic();
    const [a, b, c] = await openTransactions(scope(), 3);
    await a!.send(toRecords(topic, 0, ['A1']));
    await b!.send(toRecords(topic, 0, ['B1']));
    await c!.send(toRecords(topic, 0, ['C1']));
    await a!.send(toRecords(topic, 0, ['A2']));
    await b!.send(toRecords(topic, 0, ['B2']));
    await b!.abort();
    await a!.abort();
    await c!.commit();
    await scope().append(topic, 0, ['COMMITTED']);
    expect((await scope().probe(topic, 0, 0).readSettled(9)).values).toEqual(['C1', 'COMMITTED']);
  });

  it('hides the rest of transactions when reading starts in the middle of them', async () => {
    const topic = await scope().createTopic();
    const [a, b] = await openTransactions(scope(), 2);
    await a!.send(toRecords(topic, 0, ['A1', 'A2']));
    await b!.send(toRecords(topic, 0, ['B1', 'B2']));
    await a!.send(toRecords(topic, 0, ['A3']));
    await b!.send(toRecords(topic, 0, ['B3']));
    await b!.abort();
    await a!.abort();
    // An abort is decided before its markers are written: without them COMMITTED might come before offset 8.
    await scope().probe(topic, 0, 0).readSettled(8);
    await scope().append(topic, 0, ['COMMITTED']);
    for (let start = 0; start <= 8; start++) {
      expect((await scope().probe(topic, 0, start).readSettled(9)).values).toEqual(['COMMITTED']);
    }
  });

  it('takes a user key of 00 00 00 00 for a key, in an aborted transaction and in a committed one', async () => {
    const topic = await scope().createTopic();
    const producer = await scope().openProducer();
    for (const fate of ['abort', 'commit'] as const) {
      const transaction = await producer.begin();
      for (const key of [ABORT_MARKER_KEY, COMMIT_MARKER_KEY, Buffer.from('k')]) {
        await transaction.send([{ topic, partition: 0, key, value: `${fate}-${key.toString('hex')}` }]);
      }
      await transaction[fate]();
    }
    const probe = await scope().probe(topic, 0, 0).readTo(8);
    expect(probe.values).toEqual(['commit-00000000', 'commit-00000001', 'commit-6b']);
  });

  it('hides one transaction and shows the next of the same producer', async () => {
    const topic = await scope().createTopic();
    const producer = await scope().openProducer();
    for (let i = 0; i < 6; i++) {
      const transaction = await producer.begin();
      await transaction.send(toRecords(topic, 0, numbered(`t${i}`, 2)));
      await (i % 2 === 0 ? transaction.abort() : transaction.commit());
    }
    const probe = await scope().probe(topic, 0, 0).readTo(18);
    expect(probe.values).toEqual(['t1-0', 't1-1', 't3-0', 't3-1', 't5-0', 't5-1']);
  });

  it('hides a long aborted transaction among committed records', async () => {
    const topic = await scope().createTopic();
    const [aborted] = await openTransactions(scope(), 1);
    for (let i = 0; i < 10; i++) {
      await aborted!.send(toRecords(topic, 0, numbered('ghost', 500)));
      await scope().append(topic, 0, [`real-${i}`]);
    }
    await aborted!.abort();
    const probe = await scope().probe(topic, 0, 0).readTo(5_011, 7);
    expect(probe.values).toEqual(numbered('real', 10));
  });
}

interface Sent {
  readonly offset: number;
  readonly value: string;
  readonly transaction: number;
}

function describeRandomHistories(scope: () => LogScope): void {
  it.each([1, 2, 3, 4])('shows exactly what was committed, from any position (seed %d)', async (seed) => {
    const topic = await scope().createTopic();
    const { sent, committed } = await writeRandomHistory(scope(), topic, seed);
    const end = sent.at(-1)!.offset + 1;
    const random = createRandom(seed);
    for (const start of [0, ...Array.from({ length: 8 }, () => random(end))]) {
      const probe = await scope().probe(topic, 0, start).readSettled(end);
      const expected = sent.filter(({ offset, transaction }) => offset >= start && committed.has(transaction));
      expect(probe.records.map(({ offset, value }) => `${offset} ${value}`)).toEqual(
        expected.map(({ offset, value }) => `${offset} ${value}`),
      );
    }
  });
}

/** Three producers that send, commit and abort in any order; offsets are those that the sends answered. */
async function writeRandomHistory(scope: LogScope, topic: string, seed: number) {
  const random = createRandom(seed);
  const producers = [await scope.openProducer(), await scope.openProducer(), await scope.openProducer()];
  const open = new Map<number, { readonly id: number; readonly transaction: Transaction }>();
  const sent: Sent[] = [];
  const committed = new Set<number>();
  for (let step = 0; step < 60; step++) {
    const who = random(producers.length);
    const current = open.get(who) ?? { id: step, transaction: await producers[who]!.begin() };
    open.set(who, current);
    sent.push(...(await sendSome(current.transaction, topic, current.id, step, 1 + random(4))));
    if (random(3) > 0) continue;
    open.delete(who);
    await end(current, random(2) === 0);
  }
  for (const current of open.values()) await end(current, random(2) === 0);
  return { sent, committed };

  async function end({ id, transaction }: { id: number; transaction: Transaction }, commits: boolean): Promise<void> {
    if (commits) committed.add(id);
    await (commits ? transaction.commit() : transaction.abort());
  }
}

async function sendSome(transaction: Transaction, topic: string, id: number, step: number, count: number) {
  const values = numbered(`t${id}-s${step}`, count);
  const keys = [null, ABORT_MARKER_KEY, COMMIT_MARKER_KEY];
  const records = values.map((value, i) => ({ topic, partition: 0, key: keys[i % 3]!, value }));
  const end = (await transaction.send(records)).get(topic)!.get(0)!;
  return values.map((value, i): Sent => ({ offset: end - count + i, value, transaction: id }));
}

async function openTransactions(scope: LogScope, count: number): Promise<Transaction[]> {
  const transactions: Transaction[] = [];
  for (let i = 0; i < count; i++) transactions.push(await (await scope.openProducer()).begin());
  return transactions;
}
