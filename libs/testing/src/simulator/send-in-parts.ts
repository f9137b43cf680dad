import { TidemarkError } from '@tidemark/schemas';
import type { OutputRecord, Transaction, WrittenEnds } from '@tidemark/stream';
import type { Broker } from './broker.ts';

/** How long a client waits before it asks again while a coordinator is still writing markers. */
const SETTLING_RETRY_MS = 5;

/** Resolves once no marker of an earlier transaction of this id is missing. */
export async function untilSettled({ log, network }: Broker, transactionalId: string): Promise<void> {
  while (log.isSettling(transactionalId)) await network.time.sleep(SETTLING_RETRY_MS);
}

/** Writes each partition by itself, now and then with time between; of a send that breaks some are never written. */
export async function sendInParts(
  broker: Broker,
  id: string,
  transaction: Transaction,
  records: readonly OutputRecord[],
): Promise<WrittenEnds> {
  const { network } = broker;
  const parts = byPartition(records);
  const writeMs = Math.max(0, ...parts.map((part) => broker.writeMs(part[0]!.topic, part.length)));
  if (writeMs > 0) {
    const ends = await sendExpiring(broker, id, transaction, records);
    await network.time.sleep(writeMs);
    return ends;
  }
  const isPartial = parts.length > 1 && network.isHit('request-partial', 5);
  const isSpread = parts.length > 1 && network.chance.happens(0.3);
  if (!isPartial && !isSpread) return sendExpiring(broker, id, transaction, records);
  const reached = isPartial ? network.chance.between(1, parts.length - 1) : parts.length;
  const ends = new Map<string, ReadonlyMap<number, number>>();
  for (const part of parts.slice(0, reached)) {
    if (isSpread) await network.time.sleep(network.chance.between(0, 20));
    for (const [topic, written] of await sendExpiring(broker, id, transaction, part)) {
      ends.set(topic, new Map([...(ends.get(topic) ?? []), ...written]));
    }
  }
  if (!isPartial) return ends;
  network.faults.add('request-partial', id);
  throw new TidemarkError('TM_TRANSACTION_FAILED', `${id}: only ${reached} of ${parts.length} partitions were written`);
}

function byPartition(records: readonly OutputRecord[]): readonly (readonly OutputRecord[])[] {
  const parts = new Map<string, OutputRecord[]>();
  for (const record of records) {
    const key = `${record.topic}/${record.partition}`;
    const part = parts.get(key);
    if (part === undefined) parts.set(key, [record]);
    else part.push(record);
  }
  return [...parts.values()];
}

/** A transaction that is still open when its time is up is aborted, and its producer fenced. */
async function sendExpiring(
  { log, network, transactionTimeoutMs }: Broker,
  id: string,
  transaction: Transaction,
  records: readonly OutputRecord[],
): Promise<WrittenEnds> {
  const before = log.openTransaction(id);
  const ends = await transaction.send(records);
  const open = log.openTransaction(id);
  if (open !== undefined && open !== before) {
    network.time.schedule(transactionTimeoutMs, () => {
      if (log.openTransaction(id) !== open) return;
      network.faults.add('transaction-expired', id);
      log.expireTransaction(id);
    });
  }
  return ends;
}
