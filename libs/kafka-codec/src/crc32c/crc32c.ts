import { loadOptional } from '../support/load-optional.ts';
import { slicingCrc32C } from './slicing-crc32c.ts';

const native = loadOptional<{ crc32c(bytes: Uint8Array): number }>('@node-rs/crc32');

/**
 * CRC-32C as an unsigned 32-bit number: by the processor's own instruction where the native package is there, else by
 * tables; the answers are the same. Why these two: docs/adr/0012-crc32c.md.
 */
export const crc32C: (bytes: Uint8Array) => number = native?.crc32c ?? slicingCrc32C;
