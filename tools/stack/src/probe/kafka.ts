import { type Address, exchange } from './exchange.ts';

const METADATA_API_KEY = 3;
const METADATA_VERSION = 7;
const CORRELATION_ID = 0x7469_6465;
const BROKER_COUNT_OFFSET = 12;

/**
 * Whether a broker serves requests there. Asks for metadata of no topic: a KRaft broker lists only brokers that are not
 * fenced, so a list of at least one means that it can be worked with, where an open port alone does not.
 */
export async function kafkaAnswers(address: Address): Promise<boolean> {
  const reply = await exchange(address, metadataRequest(), isWhole);
  return reply !== undefined && reply.readInt32BE(4) === CORRELATION_ID && reply.readInt32BE(BROKER_COUNT_OFFSET) > 0;
}

/** Metadata v7: header (api key, version, correlation id, client id), no topics, no auto-creation. */
function metadataRequest(): Buffer {
  const clientId = Buffer.from('tidemark-stack');
  const request = Buffer.alloc(4 + 2 + 2 + 4 + 2 + clientId.length + 4 + 1);
  let at = request.writeInt32BE(request.length - 4, 0);
  at = request.writeInt16BE(METADATA_API_KEY, at);
  at = request.writeInt16BE(METADATA_VERSION, at);
  at = request.writeInt32BE(CORRELATION_ID, at);
  at = request.writeInt16BE(clientId.length, at);
  at += clientId.copy(request, at);
  at = request.writeInt32BE(0, at);
  request.writeInt8(0, at);
  return request;
}

/** Size, correlation id, throttle time and broker count are there. */
function isWhole(reply: Buffer): boolean {
  return reply.length >= BROKER_COUNT_OFFSET + 4;
}
