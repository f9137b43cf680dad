const OVER_MS = 10_000;

/** How fast a count rises, per second, over the last 10 seconds. */
export interface Rate {
  note(count: number, nowMs: number): void;
  readonly perSecond: number;
}

export function createRate(): Rate {
  let samples: { count: number; atMs: number }[] = [];
  return {
    note(count, nowMs) {
      samples = [...samples.filter(({ atMs }) => nowMs - atMs <= OVER_MS), { count, atMs: nowMs }];
    },
    get perSecond() {
      const [first, last] = [samples[0], samples.at(-1)];
      if (!first || !last || last.atMs === first.atMs) return 0;
      return ((last.count - first.count) * 1_000) / (last.atMs - first.atMs);
    },
  };
}
