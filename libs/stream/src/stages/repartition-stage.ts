import { repartitionTopic } from '@tidemark/schemas';
import { partitionForKey } from '../partitioning/murmur2.ts';
import type { LogRecord, OutputRecord } from '../ports/log.ts';
import type { Step, ThrowPolicy } from '../steps/step-result.ts';
import type { TaskContext } from '../task/stage-logic.ts';
import type { RecordSource, Stage } from '../topology/topology.ts';
import { DEFAULT_MAX_FUTURE_MS } from './combine-stage.ts';
import { mapStage } from './map-stage.ts';

/** A stage that spreads its input over another number of partitions, for the stage that reads them as its tasks. */
export interface RepartitionOptions<T> {
  readonly name: string;
  readonly source: RecordSource;
  /** Says which records go on; those that it skips or refuses end here. */
  readonly step: Step<T>;
  /** Event time of a value, epoch ms; leave out only where no stage behind it needs event time. */
  readonly eventTimeMs?: (value: T) => number;
  /** As for `combineStage`: a bad clock is refused here, before it moves a frontier. Default: 5 minutes. */
  readonly maxFutureMs?: number;
  /** Default `route`. */
  readonly throwPolicy?: ThrowPolicy;
  /** How many partitions, and so how many tasks the stage behind it has. Settled with the first start. */
  readonly partitions: number;
  /** The new record key, by which records are put together. Left out: records are spread evenly and keep their keys. */
  readonly key?: (value: T) => string;
}

/**
 * `repartition(n)`, or `repartition(by key)` with `key`: records go, as they are and exactly once, through an internal
 * topic, which a later stage of the same worker reads with `repartitioned(name)`. Event time travels with them. Records
 * of one source partition keep their order within a partition of the new topic, not over all of them.
 * @throws RangeError for a number of partitions that is not a whole number from 1
 */
export function repartition<T>(options: RepartitionOptions<T>): Stage {
  const { key, partitions, eventTimeMs, ...rest } = options;
  if (!Number.isSafeInteger(partitions) || partitions < 1) {
    throw new RangeError(`repartition ${options.name}: ${partitions} partitions; it takes a whole number from 1`);
  }
  const stage = mapStage<T>({
    ...rest,
    ...(eventTimeMs && { eventTimeMs, maxFutureMs: options.maxFutureMs ?? DEFAULT_MAX_FUTURE_MS }),
    sinks: [],
    forward: { topics: [], records: (value, record, context) => [moved(context, record, key?.(value))] },
  });
  return {
    ...stage,
    outputs: (application) => [repartitionTopic(application, options.name), ...stage.outputs(application)],
    describe: { kind: 'repartition', partitions, by: key === undefined ? 'coordinates' : 'key' },
    repartitions: partitions,
  };
}

/** The source of the stage behind a `repartition` of this name. */
export function repartitioned(stage: string): RecordSource {
  return { kind: 'repartition', stage };
}

/**
 * The same record, for its new partition. It is stamped anew, so that retention counts from now: a backlog older than
 * the topic's retention would else be gone before it is read.
 */
function moved({ application, stage, partitionsOf }: TaskContext, record: LogRecord, key?: string): OutputRecord {
  const topic = repartitionTopic(application, stage);
  const partition = partitionForKey(key ?? coordinates(record), partitionsOf(topic));
  return { topic, partition, key: key ?? record.key, value: record.value, headers: record.headers };
}

/** Offsets themselves would not do: where each transaction is one record and a marker, every second one is left out. */
function coordinates({ topic, partition, offset }: LogRecord): string {
  return `${topic}/${partition}/${offset}`;
}
