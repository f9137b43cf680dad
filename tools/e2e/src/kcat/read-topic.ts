import { runKcat } from './run-kcat.ts';

export interface KafkaRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** `name=value,name=value` */
  readonly headers: string;
}

/** What a reader sees: only what was committed, or also what was aborted or is still open. */
export type Isolation = 'read_committed' | 'read_uncommitted';

const SPACE = 0x20;
const END = 0x1e;
/** Partition, offset, lengths of key and value (-1: null), the two, headers. */
const FORMAT = `%p %o %K %S %k%s%h${String.fromCharCode(END)}`;

/** From each partition's beginning to its end. The broker would hold back the answer at the end for half a second. */
function consuming(broker: string, topic: string, isolation: Isolation, format: string): string[] {
  const settings = ['-X', `isolation.level=${isolation}`, '-X', 'fetch.wait.max.ms=10'];
  return ['-C', '-b', broker, '-t', topic, ...settings, '-o', 'beginning', '-e', '-q', '-f', format];
}

/** All records of a topic, oldest first per partition. */
export async function readTopic(
  broker: string,
  topic: string,
  isolation: Isolation = 'read_committed',
): Promise<KafkaRecord[]> {
  return parseRecords(await runKcat(consuming(broker, topic, isolation, FORMAT)));
}

/** The values of a topic's records as texts, oldest first per partition. */
export async function readValues(broker: string, topic: string): Promise<string[]> {
  return (await readTopic(broker, topic)).map(({ value }) => value?.toString() ?? '');
}

/** How many committed records a topic holds now, those that compaction has removed left out. */
export async function countRecords(broker: string, topic: string): Promise<number> {
  return (await runKcat(consuming(broker, topic, 'read_committed', '.'))).length;
}

function parseRecords(output: Buffer): KafkaRecord[] {
  const records: KafkaRecord[] = [];
  for (let at = 0; at < output.length;) {
    const [numbers, bodyAt] = readNumbers(output, at, 4);
    const [partition, offset, keyLength, valueLength] = numbers as [number, number, number, number];
    const valueAt = bodyAt + Math.max(0, keyLength);
    const headersAt = valueAt + Math.max(0, valueLength);
    const endAt = output.indexOf(END, headersAt);
    const key = keyLength < 0 ? null : output.subarray(bodyAt, valueAt);
    const value = valueLength < 0 ? null : output.subarray(valueAt, headersAt);
    records.push({ partition, offset, key, value, headers: output.toString('utf8', headersAt, endAt) });
    at = endAt + 1;
  }
  return records;
}

/** So many numbers, each followed by a space, and where the bytes after them begin. */
function readNumbers(bytes: Buffer, from: number, count: number): [number[], number] {
  const numbers: number[] = [];
  let at = from;
  while (numbers.length < count) {
    const end = bytes.indexOf(SPACE, at);
    numbers.push(Number(bytes.toString('latin1', at, end)));
    at = end + 1;
  }
  return [numbers, at];
}
