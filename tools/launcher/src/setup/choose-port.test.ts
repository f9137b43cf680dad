import { once } from 'node:events';
import { createServer } from 'node:net';
import { freePorts } from '@tidemark/stack';
import { choosePorts } from './choose-port.ts';

test('default ports where they are free', async () => {
  const wanted = await freePorts(3);
  expect(await choosePorts(wanted)).toEqual(wanted);
});

test('a port that is taken is passed over, and so are the default ports of the others', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const [first, second] = (await choosePorts([port, port + 1])) as [number, number];
  server.close();
  expect(first).toBeGreaterThan(port + 1);
  expect([port, first]).not.toContain(second);
});
