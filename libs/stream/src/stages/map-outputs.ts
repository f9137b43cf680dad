import type { LogRecord, OutputRecord } from '../ports/log.ts';
import { PartThrew } from '../steps/part-threw.ts';
import type { TaskContext } from '../task/stage-logic.ts';
import { type Sink, sinkRecord } from '../topology/sink.ts';

/** What a map stage writes of each value. */
export interface MapOutputs<T> {
  readonly sinks: readonly Sink<T>[];
  /** For outputs that a sink cannot express (other bytes, headers). `topics` lists where they go. */
  readonly forward?: {
    readonly topics: readonly string[];
    readonly records: (value: T, record: LogRecord, context: TaskContext, lookup: unknown) => readonly OutputRecord[];
  };
}

/** What the sinks and `forward` make of one record. @throws PartThrew naming the part of the topology */
export function outputsOf<T>(
  { sinks, forward }: MapOutputs<T>,
  context: TaskContext,
  record: LogRecord,
  value: T,
  lookup: unknown,
): readonly OutputRecord[] {
  // A new one for each record: to empty one, by its length, takes the engine far longer.
  const outputs: OutputRecord[] = [];
  for (const sink of sinks) {
    const output = encode(sink, value, context, record.timestampMs);
    if (output !== undefined) outputs.push(output);
  }
  if (forward !== undefined) outputs.push(...inPart('forward', () => forward.records(value, record, context, lookup)));
  return outputs;
}

function encode<T>(sink: Sink<T>, value: T, context: TaskContext, timestampMs: number): OutputRecord | undefined {
  try {
    return sinkRecord(sink, value, context.partitionsOf, timestampMs);
  } catch (cause) {
    throw new PartThrew(`sink ${sink.topic}`, cause);
  }
}

/** Runs a part of a topology, so that an error record can name it. @throws PartThrew */
export function inPart<R>(part: string, run: () => R): R {
  try {
    return run();
  } catch (cause) {
    throw new PartThrew(part, cause);
  }
}
