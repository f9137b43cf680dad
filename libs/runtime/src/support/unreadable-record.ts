import { TidemarkError } from '@tidemark/schemas';
import type { LogRecord } from '@tidemark/stream';

const MOST_SHOWN = 200;

/**
 * What is to be told of a record of an internal topic that cannot be understood.
 * @param what what it should have been, as a sentence begins
 * @param way what happens meanwhile, and what is to be done
 */
export function unreadableRecord(record: LogRecord, what: string, way: string, cause?: unknown): TidemarkError {
  const { topic, partition, offset, value } = record;
  const shown = value?.toString().slice(0, MOST_SHOWN);
  return new TidemarkError(
    'TM_CHANGELOG_INVALID',
    `${topic}/${partition} at offset ${offset}: ${what} cannot be understood: ${shown}. ${way}`,
    { cause, fields: { topic, partition, offset } },
  );
}
