import { once } from 'node:events';
import { createServer } from 'node:net';

import { hasCode } from '@tidemark/schemas';

import { startRedis } from '../redis/start-redis.ts';
import { kafkaAnswers } from './kafka.ts';
import { assertPortFree, freePorts, HOST } from './ports.ts';
import { redisAnswers } from './redis.ts';

/** A program that is neither Kafka nor Redis: it answers everything with the same line. */
async function startStranger(address: string) {
  const server = createServer((socket) => socket.on('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')));
  server.listen(0, address);
  await once(server, 'listening');
  return { server, port: (server.address() as { port: number }).port };
}

test('free ports differ and can be listened on', async () => {
  const ports = await freePorts(3);
  expect(new Set(ports).size).toBe(3);
  for (const port of ports) await assertPortFree(port, 'a test', '');
});

test.each([HOST, '0.0.0.0'])('a foreign program on the port (%s) is one clear error', async (address) => {
  const { server, port } = await startStranger(address);
  const error = await startRedis({ port }).catch((reason: unknown) => reason);
  server.close();
  expect(hasCode(error, 'TM_STACK_PORT_TAKEN')).toBe(true);
  expect((error as Error).message).toContain(`${HOST}:${port}, wanted for Redis, is in use by`);
  expect((error as Error).message).toContain('REDIS_URL');
});

test('a program that speaks another protocol is not taken for Kafka or Redis', async () => {
  const { server, port } = await startStranger(HOST);
  expect(await kafkaAnswers({ host: HOST, port })).toBe(false);
  expect(await redisAnswers({ host: HOST, port })).toBe(false);
  server.close();
});

test('a port where nobody listens is not ready', async () => {
  const [port] = (await freePorts(1)) as [number];
  expect(await kafkaAnswers({ host: HOST, port })).toBe(false);
  expect(await redisAnswers({ host: HOST, port })).toBe(false);
});
