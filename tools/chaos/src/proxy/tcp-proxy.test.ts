import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { freePorts, waitUntil } from '@tidemark/stack';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

let server: Server;
let proxy: TcpProxy;
const clients: Socket[] = [];

/** Sends back what it gets. */
beforeEach(async () => {
  server = createServer((socket) => void socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await startTcpProxy((await freePorts(1))[0]!, (server.address() as AddressInfo).port);
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await proxy.close();
  server.close();
});

/** A client of the echo, and what it got back so far. */
async function connected(): Promise<{ client: Socket; received: () => string }> {
  const client = connect(proxy.port, '127.0.0.1');
  clients.push(client);
  client.on('error', () => {});
  let text = '';
  client.on('data', (chunk) => (text += chunk.toString()));
  await once(client, 'connect');
  return { client, received: () => text };
}

async function until(isSo: () => boolean): Promise<void> {
  const came = await waitUntil(() => isSo() || undefined, { deadlineMs: 20_000, everyMs: 5 });
  expect(came).toBe(true);
}

const isClosed = ({ client }: { client: Socket }) => client.destroyed;

test('passes on in both directions, in order, also more than sockets hold', async () => {
  const { client, received } = await connected();
  const text = Array.from({ length: 200_000 }, (_, index) => `${index},`).join('');
  client.write(text);
  await until(() => received().length >= text.length);
  expect(received()).toBe(text);
});

test('the end comes behind the last byte', async () => {
  const one = await connected();
  proxy.delay(50);
  one.client.end('last words');
  await until(() => isClosed(one));
  expect(one.received()).toBe('last words');
});

test('held back, nothing arrives; released, all of it does, in order', async () => {
  const one = await connected();
  one.client.write('a');
  await until(() => one.received() === 'a');
  proxy.hold(true);
  one.client.write('b');
  const other = await connected();
  other.client.write('x');
  await until(() => proxy.connections === 2);
  one.client.write('c');
  expect([one.received(), other.received()]).toEqual(['a', '']);
  proxy.heal();
  await until(() => one.received() === 'abc' && other.received() === 'x');
});

test('a delay that ends lets nothing overtake what is on its way', async () => {
  const { client, received } = await connected();
  proxy.delay(200);
  for (let part = 0; part < 20; part++) client.write(`${part},`);
  proxy.delay(0);
  client.write('end');
  await until(() => received().endsWith('end'));
  expect(received()).toBe(`${Array.from({ length: 20 }, (_, part) => `${part},`).join('')}end`);
});

test('cuts those that are chosen, and refuses new ones until it is healed', async () => {
  const [one, other] = [await connected(), await connected()];
  await until(() => proxy.connections === 2);
  proxy.refuse(true);
  let count = 0;
  expect(proxy.cut(() => count++ === 0)).toBe(1);
  await until(() => isClosed(one));
  expect(isClosed(other)).toBe(false);
  const refused = await connected().catch(() => undefined);
  if (refused !== undefined) await until(() => isClosed(refused));
  proxy.heal();
  const again = await connected();
  again.client.write('hello');
  await until(() => again.received() === 'hello');
});

test('forgets connections that are over', async () => {
  const one = await connected();
  one.client.write('a');
  await until(() => one.received() === 'a');
  one.client.end();
  await until(() => isClosed(one) && proxy.connections === 0);
});
