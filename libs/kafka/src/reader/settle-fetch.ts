import { TidemarkError } from '@tidemark/schemas';
import type { FetchedPartition, FetchResponse } from './fetch-response.ts';
import type { PartitionState } from './partition-state.ts';
import { acceptAnswer } from './read-answer.ts';
import { backOff, lastingFailure, noteUnknown, UNKNOWN_TOPIC_OR_PARTITION } from './read-fault.ts';
import type { ReaderOptions } from './reader-options.ts';

/** Takes over an answer into the states of the partitions that were asked for, and tells their users. */
export function settleAnswer(asked: readonly PartitionState[], response: FetchResponse, options: ReaderOptions): void {
  if (response.errorCode !== 0) throw new Error(`the broker answers a fetch with error code ${response.errorCode}`);
  const states = new Map(asked.map((state) => [`${state.topic}-${state.partition}`, state]));
  const answerBytes = response.partitions.reduce((sum, { recordSet }) => sum + recordSet.length, 0);
  for (const state of asked) state.inFlight = false;
  for (const fetched of response.partitions) {
    const state = states.get(`${fetched.topic}-${fetched.partition}`);
    if (state === undefined || state.closed) continue;
    if (settlePartition(state, ownBytes(fetched, answerBytes), answerBytes === 0, options)) state.onChange();
  }
}

/** The request got no answer: all its partitions try again, after a pause and a new look-up of their leaders. */
export function settleFault(asked: readonly PartitionState[], options: ReaderOptions): void {
  for (const state of asked) {
    state.inFlight = false;
    backOff(state, Date.now(), options);
  }
}

function settlePartition(
  state: PartitionState,
  fetched: FetchedPartition,
  isEmpty: boolean,
  options: ReaderOptions,
): boolean {
  if (fetched.errorCode !== 0) return settleError(state, fetched.errorCode, options);
  try {
    return acceptAnswer(state, fetched, isEmpty);
  } catch (error) {
    if (!(error instanceof TidemarkError)) throw error;
    state.failure = error;
    return true;
  }
}

function settleError(state: PartitionState, errorCode: number, options: ReaderOptions): boolean {
  const nowMs = Date.now();
  state.failure = lastingFailure(state, errorCode);
  if (state.failure !== undefined) return true;
  if (errorCode === UNKNOWN_TOPIC_OR_PARTITION) noteUnknown(state, nowMs, options);
  else backOff(state, nowMs, options);
  return state.failure !== undefined;
}

/** A partition may keep an answer in memory that is so many times as large as its own part of it. */
const LARGEST_KEPT = 4;

/**
 * A copy of a partition's bytes where they are a small part of the answer: a partition that is taken slowly would otherwise
 * keep the whole of it in memory.
 */
function ownBytes(fetched: FetchedPartition, answerBytes: number): FetchedPartition {
  const { recordSet } = fetched;
  if (recordSet.length === 0 || recordSet.length * LARGEST_KEPT >= answerBytes) return fetched;
  return { ...fetched, recordSet: Buffer.from(recordSet) };
}
