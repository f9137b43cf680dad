/**
 * Bytes that are no record batch, or none that this lib can read: cut, corrupt, of an unknown codec, too large once
 * unpacked. Whoever reads adds topic and partition, and decides what to do.
 */
export class BatchFault extends Error {
  /** Offset of the record or batch at fault, as far as its bytes can be believed. */
  readonly offset: number | undefined;

  constructor(message: string, offset?: number, cause?: unknown) {
    super(offset === undefined ? message : `${message} (offset ${offset})`, { cause });
    this.name = 'BatchFault';
    this.offset = offset;
  }
}
