import type { PartitionReader } from '@tidemark/stream';

/** What lies between a reader and who reads: left out is what the reader itself says. */
export interface ReaderChanges {
  readonly ends?: () => PartitionReader['ends'];
  readonly endsAgeMs?: () => number;
  readonly take?: PartitionReader['take'];
}

/** Another view of a reader, which stays where it is. */
export function readerOver(real: PartitionReader, { ends, endsAgeMs, take }: ReaderChanges): PartitionReader {
  return {
    topic: real.topic,
    partition: real.partition,
    get position() {
      return real.position;
    },
    get ends() {
      return ends === undefined ? real.ends : ends();
    },
    get endsAgeMs() {
      return endsAgeMs === undefined ? real.endsAgeMs : endsAgeMs();
    },
    take: take ?? ((maxRecords) => real.take(maxRecords)),
    close: () => real.close(),
  };
}
