import { BatchBuilder } from '@tidemark/kafka-codec';
import type { CompressionName } from '@tidemark/kafka-codec';

/** Builders to be used again: their buffers have grown to the size of what is usually sent. */
export interface BuilderPool {
  take(): BatchBuilder;
  /** What the builder's `finish` gave must not be needed any more. */
  giveBack(builder: BatchBuilder): void;
}

/** What waits to be used again; builders beyond it are left to the garbage collector. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

export function createBuilderPool(compression: CompressionName): BuilderPool {
  const waiting: BatchBuilder[] = [];
  let waitingBytes = 0;
  return {
    take() {
      const builder = waiting.pop();
      if (builder === undefined) return new BatchBuilder(compression);
      waitingBytes -= builder.capacityBytes;
      return builder;
    },
    giveBack(builder) {
      if (waitingBytes + builder.capacityBytes > MAX_WAITING_BYTES) return;
      builder.reset();
      waitingBytes += builder.capacityBytes;
      waiting.push(builder);
    },
  };
}
