import type { MemoryLog, OutputRecord } from '@tidemark/stream';
import type { OpenWireReader } from './wire-reader.ts';
import { type CallFaults, callOver, type Network } from './calls.ts';
import type { SimProcess } from './sim-process.ts';

/** Kafka as processes reach it. */
export interface Broker {
  readonly network: Network;
  readonly log: MemoryLog;
  /** Reads answers as they come over the wire; left out: what the log hands out by itself. */
  readonly openWireReader: OpenWireReader | undefined;
  /** How long a client waits for an answer. */
  readonly requestTimeoutMs: number;
  /** How long a transaction may stay open. */
  readonly transactionTimeoutMs: number;
  /** How long the coordinator takes for who opens this transactional id, beside what a request takes. */
  readonly openMs: (transactionalId: string) => number;
  /** How long it takes to write so many records to a topic, ms. */
  readonly writeMs: (topic: string, records: number) => number;
  /** How many records a fetch may bring, one of these. */
  readonly fetchSizes: readonly number[];
  /** Told of each commit as it is decided, with all that it contains. */
  readonly onCommit: (transactionalId: string, records: readonly OutputRecord[]) => void;
  /** Told when a process opens an id under which it was fenced, with the time of that, epoch ms. */
  readonly onReturn: (process: SimProcess, transactionalId: string, fencedAtMs: number) => void;
}

const BROKER_FAULTS: CallFaults = {
  requestLost: 'request-lost',
  replyLost: 'reply-lost',
  requestLate: 'request-late',
  replyLate: 'reply-late',
};

/** One request to the broker. @param failure what the process is told when no answer comes */
export function callBroker<T>(
  { network, requestTimeoutMs: timeoutMs }: Broker,
  process: SimProcess,
  name: string,
  effect: () => Promise<T>,
  failure: (why: string) => Error,
): Promise<T> {
  return callOver(network, { process, name, effect, timeoutMs, failure, kinds: BROKER_FAULTS });
}
