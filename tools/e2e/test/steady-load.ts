import { setTimeout as pause } from 'node:timers/promises';
import { Hopeless } from '../src/eventually.ts';
import { feedLines } from '../src/kcat/feed.ts';

/** What is fed, and where to. */
export interface LoadOptions {
  readonly broker: string;
  readonly topic: string;
  readonly partitions: number;
  /** One that ends before the test tells it to is no load: have more than a slow machine needs. */
  readonly lines: readonly string[];
  /** Lines before this one are in already. Default: none. */
  readonly from?: number;
  /** Lines of one round, dealt out to the partitions in turn. */
  readonly atOnce: number;
  /** From one round to the next. Default: none. */
  readonly pauseMs?: number;
}

/** Lines that are fed round by round, while other things happen. */
export interface Load {
  /** How many are in. */
  readonly fed: number;
  /** How many are in when it is over, because it was ended or because there are no more. */
  readonly over: Promise<number>;
  /** @throws Hopeless when the last round is under way, or over: what waits for the load to do something waits in vain */
  assertGoesOn(): void;
  /** Ends it after the round that is under way. @returns how many are in */
  end(): Promise<number>;
}

export function startLoad(options: LoadOptions): Load {
  const { lines, from = 0, atOnce, pauseMs = 0 } = options;
  let [fed, isToEnd] = [from, false];
  const over = (async () => {
    while (!isToEnd && fed < lines.length) {
      await feedRound(options, lines.slice(fed, fed + atOnce));
      fed = Math.min(fed + atOnce, lines.length);
      await pause(pauseMs);
    }
    return fed;
  })();
  // A failure is told to whoever waits for the end.
  over.catch(() => {});
  return {
    get fed() {
      return fed;
    },
    over,
    assertGoesOn() {
      if (fed + atOnce >= lines.length) throw new Hopeless(`the load of ${lines.length} lines ran out too early`);
    },
    end: () => ((isToEnd = true), over),
  };
}

type Target = Pick<LoadOptions, 'broker' | 'topic' | 'partitions'>;

/** Deals lines out to the partitions in turn. */
export async function feedRound({ broker, topic, partitions }: Target, lines: readonly string[]): Promise<void> {
  for (let partition = 0; partition < partitions; partition++) {
    await feedLines(
      { broker, topic, partition },
      lines.filter((_, i) => i % partitions === partition),
    );
  }
}
