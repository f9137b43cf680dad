import type { StreamingQueryProgress } from '@tidemark/stream';

/** The last batches, for `/progress`; bounded. */
export interface ProgressLog {
  add(progress: StreamingQueryProgress): void;
  /** Oldest first. */
  recent(): readonly StreamingQueryProgress[];
}

export function createProgressLog(capacity = 100): ProgressLog {
  const ring: StreamingQueryProgress[] = [];
  let next = 0;
  return {
    add(progress) {
      ring[next] = progress;
      next = (next + 1) % capacity;
    },
    recent: () => (ring.length < capacity ? [...ring] : [...ring.slice(next), ...ring.slice(0, next)]),
  };
}
