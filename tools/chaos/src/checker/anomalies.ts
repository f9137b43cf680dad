/**
 * What can be wrong with a history. The first group is named as in Jepsen's Kafka workload, the second has no name
 * there: it is about results and state, which a log alone does not have. `docs/chaos.md` explains each; a test holds the
 * page against this list.
 */
export const ANOMALIES = [
  'lost-write',
  'unseen',
  'duplicate',
  'G1a',
  'inconsistent-offsets',
  'nonmonotonic-send',
  'nonmonotonic-poll',
  'poll-skip',
  'wrong-aggregate',
  'wrongly-late',
  'stale-emission',
  'version-gap',
  'torn-commit',
  'stale-checkpoint',
  'open-transaction',
] as const;

export type Anomaly = (typeof ANOMALIES)[number];

/** One thing that is wrong, in words that name topic, partition and offset. */
export interface Violation {
  readonly anomaly: Anomaly;
  readonly text: string;
}

/** How many of each anomaly, and the first few of each. */
export interface Findings {
  add(anomaly: Anomaly, text: string): void;
  readonly total: number;
  /** Those found, by name. */
  readonly counts: Readonly<Partial<Record<Anomaly, number>>>;
  readonly examples: readonly Violation[];
}

const EXAMPLES_OF_EACH = 10;

export function createFindings(): Findings {
  const counts: Partial<Record<Anomaly, number>> = {};
  const examples: Violation[] = [];
  return {
    counts,
    examples,
    add(anomaly, text) {
      const count = (counts[anomaly] = (counts[anomaly] ?? 0) + 1);
      if (count <= EXAMPLES_OF_EACH) examples.push({ anomaly, text });
    },
    get total() {
      return Object.values(counts).reduce((sum, count) => sum + count, 0);
    },
  };
}
