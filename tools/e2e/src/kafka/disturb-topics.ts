import { ask, int32, int64, int8, list, text } from './protocol.ts';

/** What operators do to topics, and should not to those of a pipeline that runs. */
const DELETE_RECORDS = { key: 21, version: 1 };
const INCREMENTAL_ALTER_CONFIGS = { key: 44, version: 0 };
const TIMEOUT_MS = 20_000;
const TOPIC = 2;
const SET = 0;

/** Removes the records below `offset`, as retention does. */
export async function deleteRecords(broker: string, topic: string, partition: number, offset: number): Promise<void> {
  const partitions = list([Buffer.concat([int32(partition), int64(offset)])]);
  const body = Buffer.concat([list([Buffer.concat([text(topic), partitions])]), int32(TIMEOUT_MS)]);
  const answer = await ask(broker, DELETE_RECORDS, body);
  // Throttle time, one topic with its name, one partition with its number and low watermark, then the error.
  const errorCode = answer.readInt16BE(4 + 4 + 2 + answer.readInt16BE(8) + 4 + 4 + 8);
  if (errorCode !== 0) throw new Error(`delete records of ${topic}: Kafka answers with error ${errorCode}`);
}

/** Sets one setting of a topic. */
export async function alterTopic(broker: string, topic: string, name: string, value: string): Promise<void> {
  const setting = Buffer.concat([text(name), int8(SET), text(value)]);
  const resource = Buffer.concat([int8(TOPIC), text(topic), list([setting])]);
  const answer = await ask(broker, INCREMENTAL_ALTER_CONFIGS, Buffer.concat([list([resource]), int8(0)]));
  const errorCode = answer.readInt16BE(4 + 4);
  if (errorCode !== 0) throw new Error(`alter ${topic}: Kafka answers with error ${errorCode}`);
}
