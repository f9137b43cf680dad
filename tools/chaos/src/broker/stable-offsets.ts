import { ask, int32, int8, list, text } from '@tidemark/e2e';

const LIST_OFFSETS = { key: 2, version: 2 };
const READ_COMMITTED = 1;
const LATEST = Buffer.alloc(8, 0xff);

/** Last stable offsets by `topic/partition`: what a reader of committed records can read up to. */
export type StableOffsets = ReadonlyMap<string, number>;

/**
 * @param broker `host:port`
 * @param partitions by topic
 * @throws Error when the broker does not answer, or leads a partition not yet
 */
export async function stableOffsets(broker: string, partitions: ReadonlyMap<string, number>): Promise<StableOffsets> {
  const topics = [...partitions].map(([topic, count]) =>
    Buffer.concat([text(topic), list(Array.from({ length: count }, (_, partition) => latestOf(partition)))]),
  );
  const body = Buffer.concat([int32(-1), int8(READ_COMMITTED), list(topics)]);
  return readAnswer(await ask(broker, LIST_OFFSETS, body));
}

function latestOf(partition: number): Buffer {
  return Buffer.concat([int32(partition), LATEST]);
}

const THROTTLE_BYTES = 4;
const PARTITION_BYTES = 22;

function readAnswer(bytes: Buffer): StableOffsets {
  const offsets = new Map<string, number>();
  let at = THROTTLE_BYTES + 4;
  for (let topics = bytes.readInt32BE(THROTTLE_BYTES); topics > 0; topics--) {
    const nameBytes = bytes.readInt16BE(at);
    const topic = bytes.toString('utf8', at + 2, at + 2 + nameBytes);
    at += 2 + nameBytes;
    const count = bytes.readInt32BE(at);
    at += 4;
    for (let left = count; left > 0; left--, at += PARTITION_BYTES) {
      const [partition, error] = [bytes.readInt32BE(at), bytes.readInt16BE(at + 4)];
      if (error !== 0) throw new Error(`ListOffsets of ${topic}/${partition}: error ${error}`);
      offsets.set(`${topic}/${partition}`, Number(bytes.readBigInt64BE(at + 14)));
    }
  }
  return offsets;
}
