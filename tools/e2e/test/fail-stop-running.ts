import type { RedisServer } from '@tidemark/stack';
import { eventually } from '../src/eventually.ts';
import { feedLines } from '../src/kcat/feed.ts';
import { readTopic } from '../src/kcat/read-topic.ts';
import { sumOf } from '../src/workers/metrics.ts';
import type { WorkerProcess } from '../src/workers/worker-process.ts';

/** A worker that runs, and what it stands on. Each case has an application and topics of its own on one broker. */
export interface Running {
  readonly broker: string;
  /** Of this case alone. */
  readonly redis: RedisServer;
  readonly application: string;
  /** Its input, of `PARTITIONS` partitions; sales 0 to `FED` of each have been read. */
  readonly topic: string;
  readonly worker: WorkerProcess;
  /** Starts one more instance of it. */
  start(more?: Readonly<Record<string, string>>): WorkerProcess;
  /** To be called when the case is over. */
  atEnd(end: () => Promise<unknown>): void;
}

/** Two, so that where one of them is concerned the other must go on. */
export const PARTITIONS = 2;
export const FED = 5;

type Input = Pick<Running, 'broker' | 'topic'>;

/** Sales `from` up to `to` of a partition; by its id one finds out what became of each. */
export async function feed({ broker, topic }: Input, partition: number, from: number, to: number): Promise<void> {
  const sale = { timestamp: 1_767_225_600, product: 'phone', price: 100, quantity: 1, region: 'North' };
  const lines = numbers(from, to).map((n) => JSON.stringify({ event_id: `${topic}/${partition}/${n}`, ...sale }));
  await feedLines({ broker, topic, partition }, lines);
}

/** Sales `from` up to `to` of each partition. */
export async function feedAll(input: Input, from: number, to: number): Promise<void> {
  for (let partition = 0; partition < PARTITIONS; partition++) await feed(input, partition, from, to);
}

/** Which sales of a partition the parser has committed, ascending; one that it counted twice is there twice. */
export async function parsedOf({ broker, topic }: Input, partition: number): Promise<number[]> {
  const prefix = `${topic}/${partition}/`;
  const ids = (await readTopic(broker, 'processed-events')).map(({ key }) => key?.toString() ?? '');
  return ids
    .filter((id) => id.startsWith(prefix))
    .map((id) => Number(id.slice(prefix.length)))
    .sort((a, b) => a - b);
}

/** Waits until these sales, and no others, have come out of a partition. */
export async function untilParsed(input: Input, partition: number, wanted: readonly number[]): Promise<void> {
  await eventually(`the sales of partition ${partition} are parsed`, async () =>
    expect(await parsedOf(input, partition)).toEqual(wanted),
  );
}

export async function untilFedIsRead(worker: WorkerProcess): Promise<void> {
  await worker.ready();
  await eventually('all is read', async () => {
    expect(sumOf(await worker.metrics(), 'tidemark_records_total')).toBeGreaterThanOrEqual(PARTITIONS * FED);
  });
}

/** `from` up to `to`, without it. */
export function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
