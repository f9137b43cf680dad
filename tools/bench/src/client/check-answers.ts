import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createKafka } from '@tidemark/kafka';
import { parseSale, encodeProcessedData } from '@tidemark/schemas';
import type { ScratchTopics } from '../kafka/scratch-topics.ts';
import { PARTITIONS } from '../workload/workload.ts';
import { createOurs } from './clients/ours.ts';

/** Values that are hard to read, and which of them are sales: those of the parser's tests. */
const CASES_FILE = 'libs/schemas/test/fixtures/from-json.jsonl';
const NO_SALE = 'no sale';

interface AnswerCase {
  readonly value: string;
  readonly expected: 'valid' | 'error';
}

/**
 * What is measured against JSON.parse must answer as it does, and refuse what is no sale. Sends all values through the broker and reads them as
 * `parse` does.
 * @returns how many values there are
 * @throws Error naming the values whose answers differ
 */
export async function checkAnswers(rootDir: string, brokers: string, topics: ScratchTopics): Promise<number> {
  const cases = readCases(join(rootDir, CASES_FILE));
  const topic = await topics.create();
  await writeCases(brokers, topic, cases);
  const answers = await readAnswers(brokers, topic, cases.length);
  await topics.remove(topic);
  const wrong = cases.filter((known) => answers.get(known.value) !== expectedAnswer(known));
  if (wrong.length === 0) return cases.length;
  throw new Error(`other answers than expected for ${wrong.map(({ value }) => value).join('  and  ')}`);
}

function readCases(file: string): AnswerCase[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as AnswerCase);
}

/** The six fields as text: those that JSON.parse finds. */
function expectedAnswer({ value, expected }: AnswerCase): string {
  if (expected === 'error') return NO_SALE;
  const { event_id, timestamp, product, price, quantity, region } = JSON.parse(value) as Record<string, unknown>;
  return JSON.stringify({ event_id, timestamp, product, price, quantity, region });
}

async function writeCases(brokers: string, topic: string, cases: readonly AnswerCase[]): Promise<void> {
  const producer = createKafka({ brokers: [brokers], clientId: 'bench-answers' }).plainProducer();
  try {
    const recordOf = ({ value }: AnswerCase, index: number) => ({
      topic,
      partition: index % PARTITIONS,
      key: null,
      value,
    });
    await producer.send(cases.map(recordOf));
  } finally {
    await producer.close();
  }
}

/** By value: partitions come in any order. */
async function readAnswers(brokers: string, topic: string, records: number): Promise<ReadonlyMap<string, string>> {
  const answers = new Map<string, string>();
  const handle = (_key: Buffer | null, value: Buffer | null) => {
    const parsed = parseSale(value);
    answers.set(value?.toString() ?? '', parsed.ok ? encodeProcessedData(parsed.value) : NO_SALE);
  };
  const reading = await createOurs(brokers).reader({ topic, records, handle });
  await reading.close();
  return answers;
}
