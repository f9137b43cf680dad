import { type DecodedErrorRecord, topics } from '@tidemark/schemas';
import { type OutputRecord, partitionForKey } from '@tidemark/stream';

/** What was found at an error record's source coordinates; undefined when it is gone. */
export type Original = { readonly key: Buffer | null; readonly value: Buffer | null } | undefined;

/** Whether the error record holds the original's whole value, so that nothing has to be read again. */
export function isComplete({ payload }: DecodedErrorRecord): boolean {
  return (payload.head?.length ?? null) === payload.sizeBytes;
}

/** The dead letter of an error record: the original bytes, the error in headers. */
export function deadLetter(error: DecodedErrorRecord, original: Original, partitions: number): OutputRecord {
  const { source, payload } = error;
  const key = original?.key ?? source.key;
  const isTruncated = original === undefined && !isComplete(error);
  return {
    topic: topics.deadLetters.topic,
    partition: key === null ? source.partition % partitions : partitionForKey(key, partitions),
    key,
    value: original === undefined ? payload.head : original.value,
    timestampMs: source.timestampMs,
    headers: {
      'tidemark-error-code': error.code,
      'tidemark-error-message': error.errorMessage,
      'tidemark-error-time': new Date(error.errorTimeMs).toISOString(),
      'tidemark-worker': error.worker,
      'tidemark-step': error.step,
      'tidemark-attempt': String(error.attempt),
      'tidemark-source': `${source.topic}/${source.partition}/${source.offset}`,
      ...(isTruncated ? { truncated: 'true' } : {}),
    },
  };
}
