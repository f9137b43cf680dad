import { partitionForKey } from '../partitioning/murmur2.ts';
import type { LogRecord, OutputRecord } from '../ports/log.ts';

/** Where values go: a topic, and how a value becomes a record's key and text. */
export interface Sink<T> {
  readonly topic: string;
  readonly key: (value: T) => string;
  /** The record's text; undefined when this value is not for this sink. */
  readonly encode: (value: T) => string | undefined;
}

/** The record for a value, on the partition that the default partitioner gives its key. */
export function sinkRecord<T>(
  sink: Sink<T>,
  value: T,
  partitionsOf: (topic: string) => number,
  timestampMs: number,
): OutputRecord | undefined {
  const text = sink.encode(value);
  if (text === undefined) return undefined;
  const key = sink.key(value);
  const partition = partitionForKey(key, partitionsOf(sink.topic));
  return { topic: sink.topic, partition, key, value: text, timestampMs };
}

/** The same bytes on another topic, with headers added; keyless records keep their partition number where they can. */
export function forwardedRecord(
  record: LogRecord,
  topic: string,
  partitionsOf: (topic: string) => number,
  headers: Readonly<Record<string, Buffer | string>>,
): OutputRecord {
  const partitions = partitionsOf(topic);
  const partition = record.key === null ? record.partition % partitions : partitionForKey(record.key, partitions);
  return {
    topic,
    partition,
    key: record.key,
    value: record.value,
    headers: { ...record.headers, ...headers },
    timestampMs: record.timestampMs,
  };
}
