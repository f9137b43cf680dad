import { isInternalTopic, TidemarkError } from '@tidemark/schemas';
import type { LogReader, PartitionReader, RecordBatch } from '@tidemark/stream';
import type { EndView } from './idleness.ts';
import type { InputView } from './stuck-inputs.ts';
import { inputTopics, type TaskPlan } from './task-plan.ts';

/** A task's input partitions, read ahead from its position. */
export class TaskInputs {
  readonly #plan: TaskPlan;
  readonly #reader: LogReader;
  readonly #onChange: () => void;
  readonly #readers = new Map<string, PartitionReader>();

  constructor(plan: TaskPlan, reader: LogReader, onChange: () => void) {
    this.#plan = plan;
    this.#reader = reader;
    this.#onChange = onChange;
  }

  /** Starts reading where the position says. */
  open(inputs: Readonly<Record<string, number>>): void {
    for (const topic of inputTopics(this.#plan)) {
      const partition = { topic, partition: this.#plan.partition };
      // What anybody may write may be anything: it is noted, and the task goes on. What a stage of ours wrote must be right.
      const unreadable = isInternalTopic(topic) ? 'fail' : 'hand out';
      this.#readers.set(topic, this.#reader.open(partition, inputs[topic]!, this.#onChange, { unreadable }));
    }
  }

  /**
   * Takes about `maxRecords` over all inputs, at most one batch each, in proportion to their backlog: an input that is
   * always full must not starve another, whose event times would fall behind. A batch starts exactly at the position.
   * @throws TidemarkError TM_BATCH_GAP, or what the reader says of a position that cannot go on
   */
  take(maxRecords: number, inputs: Readonly<Record<string, number>>): RecordBatch[] {
    const batches: RecordBatch[] = [];
    const { total } = this.lag(inputs);
    let left = maxRecords;
    for (const [topic, reader] of this.#readers) {
      const share = Math.floor((maxRecords * backlogOf(reader, inputs[topic]!)) / total);
      const most = total <= maxRecords ? left : Math.max(1, share);
      if (most <= 0) break;
      const batch = reader.take(most);
      if (batch === undefined) continue;
      if (batch.startOffset !== inputs[topic]) throw gap(batch, inputs[topic]);
      left -= batch.records.length;
      batches.push(batch);
    }
    return batches;
  }

  /** Whether each input was read up to its high watermark (the last stable offset is not enough), and as of when. */
  endViews(inputs: Readonly<Record<string, number>>, nowMs: number): ReadonlyMap<string, EndView> {
    const views = new Map<string, EndView>();
    for (const [topic, { ends, endsAgeMs }] of this.#readers) {
      const isAtEnd = ends !== undefined && inputs[topic]! >= ends.highWatermark;
      views.set(topic, { isAtEnd, asOfMs: nowMs - endsAgeMs });
    }
    return views;
  }

  /** Records between the position and the ends, over all inputs. */
  lag(inputs: Readonly<Record<string, number>>): { readonly stable: number; readonly total: number } {
    let stable = 0;
    let total = 0;
    for (const [topic, reader] of this.#readers) {
      stable += Math.max(0, (reader.ends?.lastStable ?? 0) - inputs[topic]!);
      total += backlogOf(reader, inputs[topic]!);
    }
    return { stable, total };
  }

  /** Where the reading of each input stands. */
  views(inputs: Readonly<Record<string, number>>): InputView[] {
    return [...this.#readers].map(([topic, { partition, ends, endsAgeMs }]) => ({
      topic,
      partition,
      position: inputs[topic]!,
      ends,
      endsAgeMs,
    }));
  }

  /** Ends of each input as of the last fetch, by topic. */
  latestOffsets(): Record<string, number> {
    const latest: Record<string, number> = {};
    for (const [topic, { ends }] of this.#readers) if (ends !== undefined) latest[topic] = ends.highWatermark;
    return latest;
  }

  close(): void {
    for (const reader of this.#readers.values()) reader.close();
    this.#readers.clear();
  }
}

/** Records between the position and the high watermark as of the last fetch. */
function backlogOf({ ends }: PartitionReader, position: number): number {
  return Math.max(0, (ends?.highWatermark ?? 0) - position);
}

function gap(batch: RecordBatch, position: number | undefined): TidemarkError {
  const { topic, partition, startOffset } = batch;
  return new TidemarkError(
    'TM_BATCH_GAP',
    `${topic}/${partition}: the position is ${position}, the batch starts at ${startOffset}; this is a defect, report it`,
    { fields: { topic, partition, position, startOffset } },
  );
}
