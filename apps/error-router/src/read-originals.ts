import { type DecodedErrorRecord, decodeErrorRecord } from '@tidemark/schemas';
import type { LogReader, LogRecord, Stage } from '@tidemark/stream';
import { isComplete, type Original } from './dead-letter.ts';

/** How long an original may take to be read, ms; after that its error record's capped payload has to do. */
const READ_TIMEOUT_MS = 5_000;

/** The lookup that reads the originals of error records whose payload was cut, at their source coordinates. */
export function createOriginalsLookup(reader: LogReader): NonNullable<Stage['lookup']> {
  return async function readOriginals(records) {
    const originals = new Map<LogRecord, Original>();
    for (const record of records) {
      const error = decodeErrorRecord(record.value);
      if (!error.ok || isComplete(error.value)) continue;
      originals.set(record, await readOriginal(reader, error.value));
    }
    return originals;
  };
}

/** Undefined when it is gone, or does not come in time. */
async function readOriginal(reader: LogReader, { source }: DecodedErrorRecord): Promise<Original> {
  let wake = () => {};
  const timer = setTimeout(() => wake(), READ_TIMEOUT_MS);
  const deadlineMs = Date.now() + READ_TIMEOUT_MS;
  const partition = reader.open(source, source.offset, () => wake());
  try {
    while (Date.now() < deadlineMs) {
      const batch = partition.take(1);
      if (batch !== undefined) {
        const [record] = batch.records;
        return record?.offset === source.offset ? { key: copy(record.key), value: copy(record.value) } : undefined;
      }
      await new Promise<void>((resolve) => (wake = resolve));
    }
    return undefined;
  } catch {
    // Deleted by retention, or the topic is gone: both mean that the original is.
    return undefined;
  } finally {
    clearTimeout(timer);
    partition.close();
  }
}

/** Values are views of a fetch buffer of megabytes. */
function copy(bytes: Buffer | null): Buffer | null {
  return bytes === null ? null : Buffer.from(bytes);
}
