import { TidemarkError } from '@tidemark/schemas';
import type { PartitionEnds, TopicPartition } from '@tidemark/stream';

/** Where the reading of an input stands. */
export interface InputView extends TopicPartition {
  readonly position: number;
  readonly ends: PartitionEnds | undefined;
  /** How old that is, ms. */
  readonly endsAgeMs: number;
}

/**
 * Notes inputs whose last stable offset does not move although records lie behind it: someone keeps a transaction open,
 * and no reader of committed records gets past it.
 */
export class StuckInputs {
  readonly #afterMs: number;
  /** Inputs that were read up to a last stable offset below their end: which, and since when. */
  readonly #held = new Map<string, { readonly lastStable: number; readonly sinceMs: number }>();

  /** @param afterMs for how long it is taken for an ordinary transaction under way */
  constructor(afterMs: number) {
    this.#afterMs = afterMs;
  }

  /** To be told now and then, while the broker answers. @returns TM_INPUT_STUCK for the first input that is stuck */
  observe(inputs: readonly InputView[], nowMs: number): TidemarkError | undefined {
    let fault: TidemarkError | undefined;
    for (const input of inputs) {
      const sinceMs = this.#heldSinceMs(input, nowMs);
      // A reader that gets no answers knows nothing of anybody's transactions.
      const heldMs = sinceMs === undefined ? 0 : nowMs - input.endsAgeMs - sinceMs;
      if (heldMs >= this.#afterMs) fault ??= stuck(input, heldMs);
    }
    return fault;
  }

  /** Forgets all: nothing was heard of the broker, so nothing is known of its transactions. */
  reset(): void {
    this.#held.clear();
  }

  #heldSinceMs({ topic, position, ends }: InputView, nowMs: number): number | undefined {
    if (ends === undefined || ends.lastStable >= ends.highWatermark || position < ends.lastStable) {
      this.#held.delete(topic);
      return undefined;
    }
    const held = this.#held.get(topic);
    if (held?.lastStable === ends.lastStable) return held.sinceMs;
    this.#held.set(topic, { lastStable: ends.lastStable, sinceMs: nowMs });
    return nowMs;
  }
}

function stuck({ topic, partition, ends }: InputView, heldMs: number): TidemarkError {
  return new TidemarkError(
    'TM_INPUT_STUCK',
    `${topic}/${partition} has records up to ${ends!.highWatermark}, yet its last stable offset has stood at ` +
      `${ends!.lastStable} for ${Math.round(heldMs / 1_000)} s: someone keeps a transaction open there. It ends with its ` +
      `time-out; else find it with kafka-transactions.sh find-hanging --topic ${topic} and abort it. The task then goes on`,
    { fields: { topic, partition, lastStable: ends!.lastStable, highWatermark: ends!.highWatermark } },
  );
}
