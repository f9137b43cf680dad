import { Hopeless } from '../src/eventually.ts';
import { createInputTopic } from '../src/kafka/manage-topics.ts';
import { feedLines } from '../src/kcat/feed.ts';
import { type KafkaRecord, readTopic } from '../src/kcat/read-topic.ts';

/** An input, and what must come of it. */
export interface Run {
  readonly count: number;
  /** Creates the input topic and fills it with all of it. */
  feed(broker: string): Promise<void>;
  /** Throws unless everything was processed once and all results are final and exact. */
  assertResults(broker: string): Promise<void>;
}

const PARTITIONS = 3;

/** Creates an input topic of three partitions and deals the lines out in turn. */
export async function feedInTurn(broker: string, topic: string, lines: readonly string[]): Promise<void> {
  await createInputTopic(broker, topic, PARTITIONS);
  for (const [partition, dealt] of dealInTurn(lines).entries()) {
    await feedLines({ broker, topic, partition }, dealt);
  }
}

/** The lines of each partition, in the order of their offsets. */
export function dealInTurn<T>(lines: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: PARTITIONS }, (_, partition) => lines.filter((_, i) => i % PARTITIONS === partition));
}

/** @throws Hopeless when a record was late or in error: it stays so */
export async function assertNothingRefused(broker: string): Promise<void> {
  const refused = await Promise.all(['late-events', 'error-events'].map((topic) => readTopic(broker, topic)));
  if (refused.flat().length === 0) return;
  throw new Hopeless(`late or in error: ${refused.flat().slice(0, 3).map(toText).join('; ')}`);
}

function toText({ value, headers }: KafkaRecord): string {
  return `${value?.toString()} (${headers})`;
}
