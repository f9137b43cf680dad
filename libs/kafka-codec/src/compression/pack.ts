import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { CompressionName } from './codec-names.ts';
import { lz4, snappy } from './native-codecs.ts';

const PACKERS: Readonly<Record<CompressionName, (bytes: Buffer) => Buffer>> = {
  none: (bytes) => bytes,
  gzip: (bytes) => gzipSync(bytes),
  // As librdkafka writes it: one raw block. Java, which writes blocks in a frame of its own, reads both.
  snappy: (bytes) => snappy().compressSync(bytes),
  lz4: (bytes) => lz4().compressFrameSync(bytes),
  zstd: (bytes) => zstdCompressSync(bytes),
};

/** Packs the records of a batch. @throws Error where the codec's package is missing */
export function pack(compression: CompressionName, bytes: Buffer): Buffer {
  return PACKERS[compression](bytes);
}
