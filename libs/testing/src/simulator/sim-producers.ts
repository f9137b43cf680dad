import { hasCode, TidemarkError } from '@tidemark/schemas';
import {
  type OutputRecord,
  type ProducerFactory,
  RecordList,
  recordsOf,
  type Transaction,
  type TransactionalProducer,
} from '@tidemark/stream';
import { type Broker, callBroker } from './broker.ts';
import { sendInParts, untilSettled } from './send-in-parts.ts';
import type { SimProcess } from './sim-process.ts';

/** Producers of one process: each call takes time, may be lost, or may arrive when its sender has long given up. */
export function createSimProducers(broker: Broker, process: SimProcess): ProducerFactory {
  const returns = watchReturns(broker, process);
  return {
    async open(transactionalId) {
      const ms = broker.openMs(transactionalId);
      if (ms > 0) await broker.network.time.sleep(ms);
      const onFenced = returns.opening(transactionalId);
      const failure = (why: string) => new TidemarkError('TM_KAFKA_UNREACHABLE', why);
      const effect = () => openSettled(broker, transactionalId);
      const real = await callBroker(broker, process, `open ${transactionalId}`, effect, failure);
      return createProducer(broker, process, real, onFenced);
    },
  };
}

/** Tells the broker's observer when this process opens an id again under which it was fenced. */
function watchReturns(broker: Broker, process: SimProcess) {
  const fencedAtMs = new Map<string, number>();
  const opened = new Map<string, number>();
  return {
    /** @returns to be called when the producer that is being opened is fenced */
    opening(id: string): () => void {
      const sinceMs = fencedAtMs.get(id);
      if (sinceMs !== undefined) broker.onReturn(process, id, sinceMs);
      fencedAtMs.delete(id);
      const number = (opened.get(id) ?? 0) + 1;
      opened.set(id, number);
      // A task that left this process and came back was fenced by its own successor, who need not ask anybody.
      return () => void (opened.get(id) === number && fencedAtMs.set(id, broker.network.time.now()));
    },
  };
}

/** InitProducerId: fences and aborts at once, and answers when all markers of what was open are written. */
async function openSettled(broker: Broker, id: string): Promise<TransactionalProducer> {
  for (;;) {
    await untilSettled(broker, id);
    const producer = await broker.log.producers.open(id);
    if (!broker.log.isSettling(id)) return producer;
  }
}

type Calls = <T>(name: string, effect: () => Promise<T>) => Promise<T>;

function createProducer(
  broker: Broker,
  process: SimProcess,
  real: TransactionalProducer,
  onFenced: () => void,
): TransactionalProducer {
  const { transactionalId } = real;
  const failure = (why: string) => new TidemarkError('TM_TRANSACTION_FAILED', `${transactionalId}: ${why}`);
  let unusable: string | undefined;
  const refuseUnusable = () => {
    if (unusable !== undefined) throw failure(`${unusable}: open a new producer`);
  };
  const call: Calls = async (name, effect) => {
    refuseUnusable();
    try {
      return await callBroker(broker, process, `${name} ${transactionalId}`, effect, failure);
    } catch (error) {
      unusable ??= `its ${name} failed`;
      if (hasCode(error, 'TM_FENCED')) onFenced();
      throw error;
    }
  };
  return {
    transactionalId,
    newBuffer: () => new RecordList(),
    async begin() {
      refuseUnusable();
      return createTransaction(broker, transactionalId, await real.begin(), call);
    },
    async close() {
      unusable ??= 'it is closed';
    },
  };
}

function createTransaction(broker: Broker, id: string, real: Transaction, call: Calls): Transaction {
  const contents: OutputRecord[] = [];
  return {
    send(given) {
      const records = recordsOf(given);
      return call(`send of ${records.length} records`, async () => {
        await untilSettled(broker, id);
        const ends = await sendInParts(broker, id, real, records);
        contents.push(...records);
        return ends;
      });
    },
    commit: () =>
      call('commit', async () => {
        await real.commit();
        broker.onCommit(id, contents);
      }),
    abort: () => call('abort', () => real.abort()),
  };
}
