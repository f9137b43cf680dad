/** kcat's output format for values: length, space, that many bytes, line feed. A length of -1 is a tombstone. */
export const VALUE_FORMAT = '%S %s\\n';

const SPACE = 0x20;

/** Cuts a stream of bytes into values; takes chunks of any size. */
export interface ValueFrames {
  push(chunk: Buffer): void;
  /** @throws Error when the stream ended within a value */
  end(): void;
}

export function createValueFrames(onValue: (value: Buffer | null) => void): ValueFrames {
  let rest: Buffer = Buffer.alloc(0);
  return {
    push(chunk) {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      rest = bytes.subarray(takeValues(bytes, onValue));
    },
    end() {
      if (rest.length > 0) throw new Error(`${rest.length} bytes after the last whole value`);
    },
  };
}

/** @returns where the first value begins that is not whole yet */
function takeValues(bytes: Buffer, onValue: (value: Buffer | null) => void): number {
  for (let at = 0; ;) {
    const space = bytes.indexOf(SPACE, at);
    if (space < 0) return at;
    const length = Number(bytes.toString('latin1', at, space));
    const end = space + 1 + Math.max(0, length);
    if (end >= bytes.length) return at;
    onValue(length < 0 ? null : bytes.subarray(space + 1, end));
    at = end + 1;
  }
}
