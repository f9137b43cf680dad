// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- ambient types of untyped modules cannot be imported
/// <reference path="./kafkajs-internals.d.ts" />
import { Duplex } from 'node:stream';
import connectionClass from 'kafkajs/src/network/connection.js';
import encoderClass from 'kafkajs/src/protocol/encoder.js';
import { logLevel } from 'kafkajs';
import { loggers } from './internals.ts';

/** Tests of the hunks of `src/network/connection.js`; docs/kafkajs-patch.md names them. */

const TIMEOUT_MS = 1_000;

/** The part of KafkaJS' connection that is tested. */
interface TestedConnection {
  connect(): Promise<unknown>;
  disconnect(): Promise<unknown>;
  isConnected(): boolean;
  send(request: object): Promise<string>;
  sendAuthRequest(request: object): Promise<unknown>;
}

/** A socket whose other end is the test. */
class FakeSocket extends Duplex {
  connecting = true;
  /** Of TLS, whose handshake comes once TCP is connected. */
  secureConnecting = false;
  readonly #onConnect: () => void;

  constructor(onConnect: () => void) {
    super();
    this.#onConnect = onConnect;
  }

  override _read(): void {}

  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    done();
  }

  unref(): this {
    return this;
  }

  opened(): void {
    this.connecting = false;
    this.#onConnect();
  }

  brings(bytes: Uint8Array): void {
    this.emit('data', Buffer.from(bytes));
  }
}

const made: TestedConnection[] = [];
/** Open ones look for requests that have timed out, again and again. */
afterEach(() => Promise.all(made.splice(0).map((connection) => connection.disconnect())));

function connectionWithSockets() {
  const sockets: FakeSocket[] = [];
  const Connection = connectionClass as new (options: object) => TestedConnection;
  const connection = new Connection({
    host: 'localhost',
    port: 9092,
    logger: loggers.createLogger({ level: logLevel.NOTHING, logCreator: () => () => {} }),
    connectionTimeout: TIMEOUT_MS,
    requestTimeout: TIMEOUT_MS,
    socketFactory: ({ onConnect }: { onConnect: () => void }) => {
      const socket = new FakeSocket(onConnect);
      sockets.push(socket);
      return socket;
    },
  });
  made.push(connection);
  const open = async (): Promise<FakeSocket> => {
    const connected = connection.connect();
    const socket = sockets.at(-1)!;
    socket.opened();
    await connected;
    return socket;
  };
  return { connection, sockets, open };
}

const Encoder = encoderClass as new () => object;

/** A request whose answer is text. */
function ask(connection: TestedConnection): Promise<string> {
  const request = { apiKey: 3, apiVersion: 0, apiName: 'Metadata', encode: async () => new Encoder() };
  const decode = async (payload: Buffer) => payload;
  const parse = async (payload: Buffer) => payload.toString();
  return connection.send({ request, response: { decode, parse } });
}

/** A step of authentication, whose answer is taken as it is. */
function authenticate(connection: TestedConnection): Promise<unknown> {
  const decode = async (bytes: Buffer) => bytes;
  const request = { encode: async () => Buffer.alloc(1) };
  return connection.sendAuthRequest({ request, response: { decode, parse: decode } });
}

/** The answer to the `correlationId`-th request, counted from 0. */
function answer(correlationId: number, text: string): Buffer {
  const body = Buffer.alloc(4 + text.length);
  body.writeInt32BE(correlationId);
  body.write(text, 4);
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
}

/** Until requests that were made are on their way. */
const sent = () => new Promise((resolve) => setImmediate(resolve));

it('begins anew with each socket, whatever the one before has left', async () => {
  const { connection, open } = connectionWithSockets();
  const first = await open();
  const broken = ask(connection);
  await sent();
  first.brings(answer(0, 'an answer').subarray(0, 9));
  first.destroy(new Error('reset'));
  await expect(broken).rejects.toThrow('reset');
  const second = await open();
  const answered = ask(connection);
  await sent();
  second.brings(answer(1, 'the next'));
  expect(await answered).toBe('the next');
});

it('listens to its own socket alone', async () => {
  const { connection, open } = connectionWithSockets();
  const first = await open();
  await connection.disconnect();
  const second = await open();
  const answered = ask(connection);
  await sent();
  const whole = answer(0, 'whole');
  second.brings(whole.subarray(0, 6));
  first.brings(Buffer.alloc(100, 0xff));
  first.emit('end');
  first.emit('timeout');
  first.destroy(new Error('late'));
  await sent();
  expect(connection.isConnected()).toBe(true);
  second.brings(whole.subarray(6));
  expect(await answered).toBe('whole');
});

it('opens one socket for all who ask while it is being opened', async () => {
  const { connection, sockets, open } = connectionWithSockets();
  const earlier = connection.connect();
  await Promise.all([open(), earlier]);
  expect(sockets).toHaveLength(1);
  await connection.connect();
  expect(sockets).toHaveLength(1);
});

it('gives up a socket that is being opened, and says so', async () => {
  const { connection, sockets, open } = connectionWithSockets();
  const connected = connection.connect();
  const rejected = expect(connected).rejects.toThrow('closed while it was being opened');
  await connection.disconnect();
  await rejected;
  expect(sockets[0]!.destroyed).toBe(true);
  await open();
  expect([connection.isConnected(), sockets.length]).toEqual([true, 2]);
});

it('gives up a handshake of TLS as well, and is not told by its late end that it is connected', async () => {
  const { connection, sockets } = connectionWithSockets();
  const connected = connection.connect();
  const rejected = expect(connected).rejects.toThrow('closed while it was being opened');
  Object.assign(sockets[0]!, { connecting: false, secureConnecting: true });
  await connection.disconnect();
  const again = connection.connect();
  await rejected;
  expect([sockets[0]!.destroyed, sockets.length]).toEqual([true, 2]);
  sockets[0]!.opened();
  expect(connection.isConnected()).toBe(false);
  sockets[1]!.opened();
  await again;
  expect(connection.isConnected()).toBe(true);
});

it('gives up a socket that is not open in time', async () => {
  const { connection, sockets } = connectionWithSockets();
  await expect(connection.connect()).rejects.toThrow('Connection timeout');
  expect([sockets[0]!.destroyed, connection.isConnected()]).toEqual([true, false]);
});

it('opens another socket at once for who asks when one was given up', async () => {
  const { connection, sockets, open } = connectionWithSockets();
  const rejected = expect(connection.connect()).rejects.toThrow('closed while it was being opened');
  await connection.disconnect();
  await Promise.all([open(), rejected]);
  expect([connection.isConnected(), sockets.length]).toEqual([true, 2]);
});

it('does not take for an answer to authentication what a later socket brings', async () => {
  const { connection, open } = connectionWithSockets();
  await open();
  const authenticated = authenticate(connection);
  const rejected = expect(authenticated).rejects.toThrow('closed by the server');
  await sent();
  await connection.disconnect();
  const second = await open();
  await rejected;
  const answered = ask(connection);
  await sent();
  second.brings(answer(0, 'an answer'));
  expect(await answered).toBe('an answer');
});

it('tells of an error during authentication', async () => {
  const { connection, open } = connectionWithSockets();
  const socket = await open();
  const authenticated = authenticate(connection);
  await sent();
  socket.destroy(new Error('reset'));
  await expect(authenticated).rejects.toThrow('closed by the server');
});
