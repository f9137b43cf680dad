import { TidemarkError } from '@tidemark/schemas';

/** So many fences within this time, with no rebalance between them, are not the work of members of the group. */
const MOST_FENCES = 3;
const WITHIN_MS = 60_000;

/**
 * Tells a take-over by another member, which ends with the group taking the task away, from somebody outside of the group
 * who uses the task's transactional id: the two would fence each other for ever.
 */
export class FenceCount {
  #atMs: number[] = [];
  #generation = 0;

  /**
   * To be told of each fence once the group has confirmed that the task is ours.
   * @param generation of the group when it confirmed that. The first fence that it confirms does not count: it may have
   *   happened before the rebalance, and have been another member's
   * @returns TM_TRANSACTIONAL_ID_SHARED once it is too often
   */
  note(transactionalId: string, generation: number, nowMs: number): TidemarkError | undefined {
    const isNew = generation !== this.#generation;
    this.#generation = generation;
    this.#atMs = isNew ? [] : [...this.#atMs.filter((atMs) => nowMs - atMs < WITHIN_MS), nowMs];
    if (this.#atMs.length < MOST_FENCES) return undefined;
    return new TidemarkError(
      'TM_TRANSACTIONAL_ID_SHARED',
      `${transactionalId} was taken from this task ${this.#atMs.length} times within ${WITHIN_MS / 1_000} s while the group ` +
        'said that the task is ours. Find the other process (the same application id in another group, or a client with ' +
        'this id; kafka-transactions.sh describe --transactional-id tells its producer), end it, and start this worker again',
      { fields: { transactionalId, fences: this.#atMs.length } },
    );
  }
}
