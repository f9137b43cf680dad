/** The beginning of a payload, for logs: never all of it. */
export interface PayloadPreview {
  readonly sizeBytes: number;
  /** At most half of the payload and at most `maxBytes`, as UTF-8; bytes that are no text show as U+FFFD. */
  readonly head: string;
}

export function payloadPreview(payload: Uint8Array, maxBytes = 64): PayloadPreview {
  const headBytes = Math.min(maxBytes, Math.floor(payload.byteLength / 2));
  const head = Buffer.from(payload.buffer, payload.byteOffset, headBytes).toString('utf8');
  return { sizeBytes: payload.byteLength, head };
}
