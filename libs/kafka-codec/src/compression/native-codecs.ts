import { loadOptional } from '../support/load-optional.ts';

/** One block of raw snappy; its first bytes say how long it will be. */
interface Snappy {
  compressSync(bytes: Buffer): Buffer;
  uncompressSync(bytes: Buffer): Buffer;
}

interface Lz4 {
  /** A whole frame, its blocks independent of each other. */
  compressFrameSync(bytes: Buffer): Buffer;
  /**
   * One block, after four bytes (little endian) that say how long it may become.
   * @param dictionary what came before a block that depends on it
   */
  uncompressSync(bytes: Buffer, dictionary?: Buffer): Buffer;
}

const loaded: { snappy?: Snappy | undefined; lz4?: Lz4 | undefined } = {};

function missing(codec: string, name: string): never {
  throw new Error(
    `codec ${codec} is not available: the native part of the package "${name}" is not installed for this platform ` +
      `(${process.platform}-${process.arch}); install it without --omit=optional`,
  );
}

/** Loaded with the first batch that needs it. @throws Error that names the package when it is not there */
export function snappy(): Snappy {
  loaded.snappy ??= loadOptional<Snappy>('snappy');
  return loaded.snappy ?? missing('snappy', 'snappy');
}

/** Loaded with the first batch that needs it. @throws Error that names the package when it is not there */
export function lz4(): Lz4 {
  loaded.lz4 ??= loadOptional<Lz4>('lz4-napi');
  return loaded.lz4 ?? missing('lz4', 'lz4-napi');
}
