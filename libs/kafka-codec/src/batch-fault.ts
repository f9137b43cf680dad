/**
 * Bytes that are no record batch, or none that this lib can read: cut, corrupt, of an unknown codec, too large once
 * unpacked. Whoever reads adds topic and partition, and decides what to do.
 */
export class BatchFault extends Error {
  /** Offset of the record or batch at fault, as far as its bytes can be believed. */
  readonly offset: number | undefined;

  /** Whether the CRC of the batch was right, so that its header tells for certain where it ends. */
  readonly isWhole: boolean;

  constructor(
    message: string,
    offset?: number,
    { isWhole = false, cause }: { isWhole?: boolean; cause?: unknown } = {},
  ) {
    super(offset === undefined ? message : `${message} (offset ${offset})`, { cause });
    this.name = 'BatchFault';
    this.offset = offset;
    this.isWhole = isWhole;
  }
}
