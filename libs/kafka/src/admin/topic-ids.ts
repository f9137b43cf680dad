import type { Broker, Cluster } from '../kafkajs/internal-types.ts';

/** Metadata version 10 is the first one that tells ids (Kafka 2.8); KafkaJS' own stops at 6. */
const METADATA = { key: 3, version: 10 };
const ID_BYTES = 16;
const NO_TAGS = 0;

/**
 * Ids of those of these topics that exist, as hex texts. A topic that was deleted and made anew under its old name has
 * another one. A broker older than Kafka 2.8 knows none: the map is empty then.
 */
export async function readTopicIds(cluster: Cluster, topics: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (topics.length === 0) return new Map();
  await cluster.connect();
  const broker = await cluster.brokerPool.findConnectedBroker();
  if (!knowsIds(broker)) return new Map();
  const connection = await broker.connectionPool.getConnection(0);
  const request = {
    apiKey: METADATA.key,
    apiName: 'Metadata',
    apiVersion: METADATA.version,
    encode: () => Promise.resolve({ chunks: [encodeTopicIdsRequest(topics)] }),
  };
  const response = {
    decode: (payload: Buffer) => Promise.resolve(decodeTopicIds(payload)),
    parse: (data: TopicIdsAnswer) => Promise.resolve(data),
  };
  return (await connection.send({ request, response })).ids;
}

function knowsIds({ versions }: Broker): boolean {
  return (versions?.[METADATA.key]?.maxVersion ?? 0) >= METADATA.version;
}

/** The tagged fields of the flexible request header come first: KafkaJS writes the header of older versions. */
export function encodeTopicIdsRequest(topics: readonly string[]): Buffer {
  const [noAutoCreation, noClusterOperations, noTopicOperations] = [0, 0, 0];
  return Buffer.concat([
    Buffer.from([NO_TAGS]),
    uvarint(topics.length + 1),
    ...topics.flatMap((topic) => [Buffer.alloc(ID_BYTES), compactText(topic), Buffer.from([NO_TAGS])]),
    Buffer.from([noAutoCreation, noClusterOperations, noTopicOperations, NO_TAGS]),
  ]);
}

interface TopicIdsAnswer {
  readonly ids: ReadonlyMap<string, string>;
  /** For KafkaJS: it holds back requests for so long. */
  readonly clientSideThrottleTime: number;
}

/** Reads names and ids; topics that do not exist come with an error and are left out. */
export function decodeTopicIds(payload: Buffer): TopicIdsAnswer {
  const cursor = { bytes: payload, at: 0 };
  skipTags(cursor);
  const clientSideThrottleTime = int32(cursor);
  skipArray(cursor, skipBroker);
  bytes(cursor); // cluster id
  cursor.at += 4; // controller
  const ids = new Map<string, string>();
  skipArray(cursor, () => {
    const errorCode = int16(cursor);
    const name = bytes(cursor).toString();
    const id = cursor.bytes.toString('hex', cursor.at, (cursor.at += ID_BYTES));
    if (errorCode === 0) ids.set(name, id);
    skipRestOfTopic(cursor);
  });
  return { ids, clientSideThrottleTime };
}

interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

function skipBroker(cursor: Cursor): void {
  cursor.at += 4; // node id
  bytes(cursor); // host
  cursor.at += 4; // port
  bytes(cursor); // rack
  skipTags(cursor);
}

function skipRestOfTopic(cursor: Cursor): void {
  cursor.at += 1; // whether it is internal
  skipArray(cursor, () => {
    cursor.at += 2 + 4 + 4 + 4; // error, partition, leader, leader epoch
    for (let lists = 0; lists < 3; lists++) skipArray(cursor, () => (cursor.at += 4)); // replicas, in sync, offline
    skipTags(cursor);
  });
  cursor.at += 4; // authorized operations
  skipTags(cursor);
}

/** A compact array; null (0) is an empty one. */
function skipArray(cursor: Cursor, skip: (cursor: Cursor) => void): void {
  const count = readUvarint(cursor) - 1;
  for (let i = 0; i < count; i++) skip(cursor);
}

function skipTags(cursor: Cursor): void {
  const count = readUvarint(cursor);
  for (let i = 0; i < count; i++) {
    readUvarint(cursor);
    cursor.at += readUvarint(cursor);
  }
}

function int16(cursor: Cursor): number {
  cursor.at += 2;
  return cursor.bytes.readInt16BE(cursor.at - 2);
}

function int32(cursor: Cursor): number {
  cursor.at += 4;
  return cursor.bytes.readInt32BE(cursor.at - 4);
}

/** Compact bytes or text; null is empty. */
function bytes(cursor: Cursor): Buffer {
  const length = Math.max(0, readUvarint(cursor) - 1);
  cursor.at += length;
  return cursor.bytes.subarray(cursor.at - length, cursor.at);
}

function readUvarint(cursor: Cursor): number {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = cursor.bytes.readUInt8(cursor.at++);
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
}

function uvarint(value: number): Buffer {
  const list: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) list.push((rest % 0x80) + 0x80);
  return Buffer.from([...list, rest]);
}

function compactText(text: string): Buffer {
  return Buffer.concat([uvarint(Buffer.byteLength(text) + 1), Buffer.from(text)]);
}
