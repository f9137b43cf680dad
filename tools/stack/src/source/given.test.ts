import { freePorts, HOST } from '../probe/ports.ts';
import { startStack } from '../start-stack.ts';
import { parseAddress } from './given.ts';

test('addresses are read with and without port', () => {
  expect(parseAddress('broker-1:9093', 9092)).toEqual({ host: 'broker-1', port: 9093 });
  expect(parseAddress('broker-1', 9092)).toEqual({ host: 'broker-1', port: 9092 });
  expect(parseAddress('[::1]:6380', 6379)).toEqual({ host: '::1', port: 6380 });
});

test('a given Kafka that does not answer is one clear error', async () => {
  const [port] = (await freePorts(1)) as [number];
  const start = startStack({ mode: 'test', given: { kafkaBrokers: `${HOST}:${port}` } });
  await expect(start).rejects.toThrow(`KAFKA_BROKERS=${HOST}:${port} is set, but no Kafka answers there`);
});

test('a given Redis that does not answer is one clear error, which does not show the password', async () => {
  const [port] = (await freePorts(1)) as [number];
  const start = startStack({ mode: 'test', given: { redisUrl: `redis://user:secret@${HOST}:${port}/0` } });
  const { message } = (await start.catch((error: unknown) => error)) as Error;
  expect(message).toContain(`REDIS_URL=redis://…@${HOST}:${port}/0 is set, but no Redis answers there`);
  expect(message).not.toContain('secret');
});
