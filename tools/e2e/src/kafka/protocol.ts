import { connect } from 'node:net';

const CLIENT_ID = 'tidemark-e2e';
const ANSWER_WITHIN_MS = 30_000;

/** Writers of the primitive types of Kafka's protocol (https://kafka.apache.org/protocol), before flexible versions. */
export const int8 = (value: number): Buffer => Buffer.from([value]);
export const int16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);
export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
export function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
}
export const text = (value: string): Buffer => Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)]);
export const list = (items: readonly Buffer[]): Buffer => Buffer.concat([int32(items.length), ...items]);

/** Sends one request to a broker and gives the answer's body. @param broker `host:port` */
export async function ask(broker: string, api: { key: number; version: number }, body: Buffer): Promise<Buffer> {
  const request = Buffer.concat([int16(api.key), int16(api.version), int32(1), text(CLIENT_ID), body]);
  const answer = await exchange(broker, Buffer.concat([int32(request.length), request]));
  return answer.subarray(4);
}

/** The bytes of one answer, without their length. */
function exchange(broker: string, request: Buffer): Promise<Buffer> {
  const [host, port] = broker.split(':');
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), host, () => void socket.write(request));
    let received = Buffer.alloc(0);
    socket.setTimeout(ANSWER_WITHIN_MS, () => socket.destroy(new Error(`${broker} does not answer`)));
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 4 || received.length < 4 + received.readInt32BE(0)) return;
      socket.end();
      resolve(received.subarray(4));
    });
  });
}
