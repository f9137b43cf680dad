import type { PartitionEnds, RecordBatch, TopicPartition } from '@tidemark/stream';

/** One partition's part of a broker's answer to a fetch, as it comes over the wire. */
export interface WireAnswer extends TopicPartition, PartitionEnds {
  readonly errorCode: number;
  /** In the order of their ends, as a broker lists them. Numbers as decimal texts. */
  readonly abortedTransactions: readonly { readonly producerId: string; readonly firstOffset: string }[];
  /** Record batches one after another. */
  readonly recordSet: Buffer;
}

/** Reads one partition's answers, read_committed. */
export interface WireReader {
  accept(answer: WireAnswer): void;
  take(maxRecords: number): RecordBatch | undefined;
}

/** @param offset where the first answer begins */
export type OpenWireReader = (source: TopicPartition, offset: number) => WireReader;
