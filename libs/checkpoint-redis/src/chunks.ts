import { rowField } from './fields.ts';

/** What one script call carries. */
export interface RowChunk {
  /** Fields to remove. */
  readonly removed: string[];
  /** field, value, field, value, … */
  readonly written: (string | number)[];
}

export interface ChunkLimits {
  readonly maxRows: number;
  /** Bytes of ids and values; a single larger row goes alone. */
  readonly maxBytes: number;
}

/** Splits rows so that no call blocks the server for long. Always at least one chunk, since the meta needs a carrier. */
export function splitRows(rows: Iterable<readonly [string, string | null]>, limits: ChunkLimits): RowChunk[] {
  const chunks: RowChunk[] = [];
  let chunk = startChunk(chunks);
  let count = 0;
  let sizeBytes = 0;
  for (const [rowId, value] of rows) {
    const rowBytes = Buffer.byteLength(rowId) + (value === null ? 0 : Buffer.byteLength(value));
    if (count > 0 && (count === limits.maxRows || sizeBytes + rowBytes > limits.maxBytes)) {
      chunk = startChunk(chunks);
      count = sizeBytes = 0;
    }
    if (value === null) chunk.removed.push(rowField(rowId));
    else chunk.written.push(rowField(rowId), value);
    count += 1;
    sizeBytes += rowBytes;
  }
  return chunks;
}

function startChunk(chunks: RowChunk[]): RowChunk {
  const chunk: RowChunk = { removed: [], written: [] };
  chunks.push(chunk);
  return chunk;
}
