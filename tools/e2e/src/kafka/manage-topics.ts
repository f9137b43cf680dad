import { ask, int16, int32, int8, list, text } from './protocol.ts';

/** Kafka's own tools need a JVM for each call and kcat cannot do this, so the two requests are written by hand. */
const CREATE_TOPICS = { key: 19, version: 4 };
const DELETE_TOPICS = { key: 20, version: 1 };
const TIMEOUT_MS = 20_000;

/** As the catalogue says of topics that others feed; only the number of partitions is the test's choice. */
const INPUT_SETTINGS = { 'message.timestamp.type': 'LogAppendTime', 'cleanup.policy': 'delete' };

/** Creates an input topic before the workers come, with as many partitions as the test wants. */
export async function createInputTopic(broker: string, topic: string, partitions: number): Promise<void> {
  const settings = Object.entries(INPUT_SETTINGS).map(([name, value]) => Buffer.concat([text(name), text(value)]));
  const spec = Buffer.concat([text(topic), int32(partitions), int16(1), list([]), list(settings)]);
  const answer = await ask(broker, CREATE_TOPICS, Buffer.concat([list([spec]), int32(TIMEOUT_MS), int8(0)]));
  assertNoError(answer, `create ${topic}`);
}

/** Deletes topics; their names may be used again at once. */
export async function deleteTopics(broker: string, topics: readonly string[]): Promise<void> {
  if (topics.length === 0) return;
  const answer = await ask(broker, DELETE_TOPICS, Buffer.concat([list(topics.map(text)), int32(TIMEOUT_MS)]));
  assertNoError(answer, 'delete topics');
}

/** Both answers: throttle time, then per topic its name and an error code (and, of creation, a nullable message). */
function assertNoError(answer: Buffer, what: string): void {
  const nameLength = answer.readInt16BE(8);
  const errorCode = answer.readInt16BE(10 + nameLength);
  if (errorCode !== 0) throw new Error(`${what}: Kafka answers with error ${errorCode}`);
}
