import { TidemarkError } from '@tidemark/schemas';
import type { PartitionState } from './partition-state.ts';
import type { ReaderOptions } from './reader-options.ts';

/** Kafka's error codes that a fetch may bring and that do not just pass. */
const OFFSET_OUT_OF_RANGE = 1;
const CORRUPT_MESSAGE = 2;
export const UNKNOWN_TOPIC_OR_PARTITION = 3;
const TOPIC_AUTHORIZATION_FAILED = 29;

function where({ topic, partition, fetchOffset }: PartitionState) {
  return { text: `${topic}-${partition}`, fields: { topic, partition, offset: fetchOffset } };
}

function outOfRange(state: PartitionState): TidemarkError {
  const { text, fields } = where(state);
  return new TidemarkError(
    'TM_OFFSET_OUT_OF_RANGE',
    `${text} has no offset ${state.fetchOffset} any more (or not yet): retention removed it, or the topic was made ` +
      'anew; nothing is skipped by itself, set a starting position by hand',
    { fields },
  );
}

function corruptOnBroker(state: PartitionState): TidemarkError {
  const { text, fields } = where(state);
  return new TidemarkError('TM_CORRUPT_BATCH', `${text} at offset ${state.fetchOffset}: the broker cannot read it`, {
    fields,
  });
}

function gone(state: PartitionState, reason: string): TidemarkError {
  const { text, fields } = where(state);
  return new TidemarkError('TM_TOPIC_GONE', `${text}: ${reason}`, { fields });
}

/** The error that ends the reading of this partition, if `errorCode` is one that does. */
export function lastingFailure(state: PartitionState, errorCode: number): TidemarkError | undefined {
  if (errorCode === OFFSET_OUT_OF_RANGE) return outOfRange(state);
  if (errorCode === CORRUPT_MESSAGE) return corruptOnBroker(state);
  if (errorCode === TOPIC_AUTHORIZATION_FAILED)
    return gone(state, 'this user may not read it; grant READ on the topic');
  return undefined;
}

/** Puts the next attempt off: a little at first, then longer; and has the leader looked up again. */
export function backOff(state: PartitionState, nowMs: number, { retryMs }: ReaderOptions): void {
  state.retryAtMs = nowMs + Math.min(retryMs.longest, retryMs.first * 2 ** Math.min(state.faults, 16));
  state.faults += 1;
  state.leader = undefined;
}

/** The brokers do not know the topic: right after its creation that passes, later it means that it is gone. */
export function noteUnknown(state: PartitionState, nowMs: number, options: ReaderOptions): void {
  state.unknownSinceMs ??= nowMs;
  backOff(state, nowMs, options);
  if (nowMs - state.unknownSinceMs < options.topicGoneAfterMs) return;
  const seconds = Math.round((nowMs - state.unknownSinceMs) / 1000);
  state.failure = gone(state, `the brokers have not known it for ${seconds} s; create it, or take it off the source`);
}
