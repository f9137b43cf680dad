import { TidemarkError } from '@tidemark/schemas';
import type { LogReader, PartitionReader, TopicAdmin } from '@tidemark/stream';
import { waitUntil } from '@tidemark/stack';
import { retryPassing } from '../setup/retry.ts';
import { applyRecord, FAULT_TOPICS, type Results, ROW_TOPICS } from './results.ts';

const MAX_RECORDS_PER_TAKE = 1_000;
const REACH_ENDS_WITHIN_MS = 60_000;

export interface TopicWatch {
  /** Resolves when all that is in the topics now has been applied. @throws TidemarkError */
  reachEnds(): Promise<void>;
  close(): Promise<void>;
}

export interface WatchDeps {
  readonly reader: LogReader;
  readonly admin: Pick<TopicAdmin, 'logEnds'>;
  /** Once, when the topics cannot be read on; the error is then also what `reachEnds` throws. */
  readonly onFailure: (error: unknown) => void;
}

/** Reads the topics with results (from their start) and with faults (what is new) into `results`. @throws TidemarkError */
export async function watchTopics(results: Results, deps: WatchDeps): Promise<TopicWatch> {
  const readers: PartitionReader[] = [];
  const pump = createPump(readers, results, deps.onFailure);
  const open = async (topic: string, from: 'logStart' | 'highWatermark') => {
    const ends = await retryPassing(() => deps.admin.logEnds(topic));
    ends.forEach((end, partition) => readers.push(deps.reader.open({ topic, partition }, end[from], pump.wake)));
  };
  await Promise.all(ROW_TOPICS.map(({ topic }) => open(topic, 'logStart')));
  await Promise.all(FAULT_TOPICS.map(({ topic }) => open(topic, 'highWatermark')));
  return {
    reachEnds: () => reachEnds(readers, deps.admin, pump),
    async close() {
      pump.stop();
      await deps.reader.close();
    },
  };
}

interface Pump {
  wake(): void;
  stop(): void;
  readonly failure: unknown;
}

/** Takes what the readers have and applies it, in portions, so that screen and signals get their turn. */
function createPump(readers: readonly PartitionReader[], results: Results, onFailure: (error: unknown) => void): Pump {
  let [isScheduled, isStopped, failure] = [false, false, undefined as unknown];

  function wake(): void {
    if (isScheduled || isStopped) return;
    isScheduled = true;
    setImmediate(turn);
  }

  function turn(): void {
    isScheduled = false;
    if (isStopped) return;
    try {
      if (readers.map((reader) => applyOne(reader, results)).includes(true)) wake();
    } catch (error) {
      [failure, isStopped] = [error, true];
      onFailure(error);
    }
  }

  return {
    wake,
    stop: () => void (isStopped = true),
    get failure() {
      return failure;
    },
  };
}

/** @returns whether there was anything */
function applyOne(reader: PartitionReader, results: Results): boolean {
  const batch = reader.take(MAX_RECORDS_PER_TAKE);
  for (const record of batch?.records ?? []) applyRecord(results, record);
  return batch !== undefined;
}

async function reachEnds(readers: readonly PartitionReader[], admin: WatchDeps['admin'], pump: Pump): Promise<void> {
  const names = [...new Set(readers.map(({ topic }) => topic))];
  const ends = new Map(
    await Promise.all(names.map(async (name) => [name, await retryPassing(() => admin.logEnds(name))] as const)),
  );
  const behind = () =>
    readers.filter(({ topic, partition, position }) => position < (ends.get(topic)?.[partition]?.highWatermark ?? 0));
  const isDone = () => (pump.failure !== undefined || behind().length === 0 ? true : undefined);
  const isInTime = await waitUntil(isDone, { deadlineMs: REACH_ENDS_WITHIN_MS });
  if (pump.failure !== undefined) throw pump.failure;
  if (!isInTime) throw stuck(behind());
}

function stuck(behind: readonly PartitionReader[]): TidemarkError {
  const where = behind.map(({ topic, partition, position }) => `${topic}-${partition} at ${position}`).join(', ');
  return new TidemarkError(
    'TM_KAFKA_UNREACHABLE',
    `the ends of these partitions were not reached within ${REACH_ENDS_WITHIN_MS / 1_000} s: ${where}. Is the broker up, or a transaction left open?`,
  );
}
