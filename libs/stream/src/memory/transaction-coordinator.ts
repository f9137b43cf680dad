import { TidemarkError } from '@tidemark/schemas';
import type { OutputRecord, WrittenEnds } from '../ports/log.ts';
import type { TransactionState } from './log-entry.ts';
import { appendMarker, appendRecord, notify } from './partition-log.ts';
import type { PartitionLog } from './partition-log.ts';
import { requirePartition } from './topic-store.ts';
import type { TopicStore } from './topic-store.ts';

/** `max.message.bytes` of a broker as it comes, and about what batch and record add to the bytes of one record. */
const MAX_MESSAGE_BYTES = 1_048_588;
const RECORD_OVERHEAD_BYTES = 84;

/** A transaction with the partitions that it has written to. */
export interface OpenTransaction extends TransactionState {
  readonly partitions: Set<PartitionLog>;
}

/** What the coordinator knows of one transactional id. */
export interface ProducerState {
  readonly producerId: number;
  epoch: number;
  open: OpenTransaction | undefined;
  /** Markers of decided transactions that are not written yet. */
  missingMarkers: number;
}

/** Calls `write` once, now or later: a coordinator decides first and tells the partitions afterwards. */
export type MarkerSchedule = (write: () => void) => void;

export interface TransactionCoordinator {
  readonly store: TopicStore;
  readonly producers: Map<string, ProducerState>;
  readonly scheduleMarker: MarkerSchedule;
}

/** InitProducerId: aborts what is open under this id and returns the new epoch, which fences all earlier ones. */
export function initProducer(coordinator: TransactionCoordinator, transactionalId: string): number {
  const { producers } = coordinator;
  const state = producers.get(transactionalId) ?? newProducer(producers.size);
  coordinator.producers.set(transactionalId, state);
  if (state.open) endTransaction(coordinator, state, 'aborted');
  state.epoch += 1;
  return state.epoch;
}

function newProducer(producerId: number): ProducerState {
  return { producerId, epoch: -1, open: undefined, missingMarkers: 0 };
}

/** Writes into the open transaction, or opens one. All records are checked before the first is written. */
export function writeRecords(
  { store }: TransactionCoordinator,
  state: ProducerState,
  records: readonly OutputRecord[],
): WrittenEnds {
  const logs = records.map((record) => requirePartition(store, record.topic, record.partition));
  records.forEach(refuseTooLarge);
  state.open ??= { producerId: state.producerId, status: 'open', partitions: new Set() };
  const nowMs = store.clock.now();
  records.forEach((record, i) => appendRecord(logs[i]!, record, nowMs, state.open));
  const touched = new Set(logs);
  for (const log of touched) {
    state.open.partitions.add(log);
    notify(log);
  }
  return endsByTopic(touched);
}

/** EndTxn: decides, and writes a marker to every partition that was written to. */
export function endTransaction(
  { scheduleMarker }: TransactionCoordinator,
  state: ProducerState,
  status: 'committed' | 'aborted',
): void {
  const transaction = state.open;
  if (!transaction) return;
  state.open = undefined;
  transaction.status = status;
  state.missingMarkers += transaction.partitions.size;
  for (const log of transaction.partitions) {
    scheduleMarker(() => {
      appendMarker(log, transaction);
      state.missingMarkers -= 1;
      notify(log);
    });
  }
}

/** @throws TidemarkError (TM_FENCED) when `epoch` is not the newest of this id */
export function refuseFenced(state: ProducerState, epoch: number, transactionalId: string): void {
  if (state.epoch === epoch) return;
  throw new TidemarkError('TM_FENCED', `${transactionalId}: epoch ${epoch} is over, the owner's is ${state.epoch}`, {
    fields: { transactionalId },
  });
}

function refuseTooLarge({ topic, partition, key, value, headers }: OutputRecord): void {
  const headerBytes = Object.entries(headers ?? {}).map(([name, data]) => name.length + Buffer.byteLength(data));
  const sizeBytes = [Buffer.byteLength(key ?? ''), Buffer.byteLength(value ?? ''), ...headerBytes].reduce(
    (a, b) => a + b,
  );
  if (sizeBytes + RECORD_OVERHEAD_BYTES <= MAX_MESSAGE_BYTES) return;
  throw new TidemarkError('TM_RECORD_TOO_LARGE', `${sizeBytes} bytes for ${topic}[${partition}]: make it smaller`, {
    fields: { topic, partition, sizeBytes },
  });
}

function endsByTopic(logs: Iterable<PartitionLog>): WrittenEnds {
  const ends = new Map<string, Map<number, number>>();
  for (const { topic, partition, highWatermark } of logs) {
    const ofTopic = ends.get(topic) ?? new Map<number, number>();
    ends.set(topic, ofTopic.set(partition, highWatermark));
  }
  return ends;
}
