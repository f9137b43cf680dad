import { parseSale } from '@tidemark/schemas';
import type { BenchClient } from '../clients/client.ts';
import type { JobResult, NodeClientName } from './job.ts';

/** Keeps sums exact: timestamps are added up without what they all have in common. */
const TIMESTAMP_MODULUS = 1_000_000;

/** Reads a topic; a handler sums up what it is given of each record. */
export async function read(client: BenchClient, topic: string, records: number): Promise<JobResult> {
  const sums = { records: 0, keys: 0, values: 0, timestamps: 0, offsets: 0 };
  const reading = await client.reader({
    topic,
    records,
    handle(key, value, timestampMs, offset) {
      sums.records += 1;
      if (key !== null) sums.keys += key.length + key[key.length - 1]!;
      if (value !== null) sums.values += value.length + value[value.length >> 1]!;
      sums.timestamps += timestampMs % TIMESTAMP_MODULUS;
      sums.offsets += offset;
    },
  });
  await reading.close();
  return { figure: (records / reading.ms) * 1_000, checksum: JSON.stringify(sums) };
}

/** Reads a topic of sales and parses them; the amounts are summed up. */
export async function readAndParse(
  client: BenchClient,
  topic: string,
  records: number,
  amountOf: AmountOf,
): Promise<JobResult> {
  const sums = { sales: 0, amount: 0 };
  const reading = await client.reader({
    topic,
    records,
    handle(_key, value) {
      sums.amount += amountOf(value);
      sums.sales += 1;
    },
  });
  await reading.close();
  return { figure: (records / reading.ms) * 1_000, checksum: JSON.stringify(sums) };
}

export type AmountOf = (value: Buffer | null) => number;

/** Ours checks every rule of a valid sale; what others have at hand is JSON.parse, which checks none. */
export function amountReader(client: NodeClientName): AmountOf {
  return client === 'ours' ? amountBySchema : amountByJson;
}

function amountBySchema(value: Buffer | null): number {
  const parsed = parseSale(value);
  if (!parsed.ok) throw new Error(`an invalid sale in the bench's own topic: ${value?.toString()}`);
  return parsed.value.price * parsed.value.quantity;
}

function amountByJson(value: Buffer | null): number {
  const sale = JSON.parse(value!.toString()) as { price: number; quantity: number };
  return sale.price * sale.quantity;
}
