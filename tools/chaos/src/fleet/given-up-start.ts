import type { Exit } from '@tidemark/launcher';

/** How a worker came to end by itself. */
export interface OwnEnd {
  readonly exit: Exit;
  /** Whether it had been ready. */
  readonly wasReady: boolean;
  readonly livedMs: number;
}

/** So long a worker that starts waits for Kafka (`libs/host`). */
const WAITS_FOR_KAFKA_MS = 60_000;
const EXIT_FAILED = 1;

/**
 * Whether it is as the product's design has it that a worker ended by itself: one that starts gives up when Kafka has not
 * answered for a minute. One that has been ready goes on whatever happens.
 */
export function isGivenUpStart({ exit, wasReady, livedMs }: OwnEnd): boolean {
  return exit.code === EXIT_FAILED && !wasReady && livedMs >= WAITS_FOR_KAFKA_MS;
}
