import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startKafka } from './kafka/start-kafka.ts';
import { describeStack, resetStack, stopStack } from './manage-stack.ts';
import { exchange } from './probe/exchange.ts';
import { kafkaAnswers } from './probe/kafka.ts';
import { freePorts, HOST } from './probe/ports.ts';
import { redisAnswers } from './probe/redis.ts';
import { isRunning } from './process/identity.ts';
import { type RedisServer, startRedis } from './redis/start-redis.ts';
import { readState } from './source/state-file.ts';
import { startStack, type StartStackOptions } from './start-stack.ts';

jest.setTimeout(240_000);

const dir = mkdtempSync(join(tmpdir(), 'tidemark-stack-test-'));
afterAll(async () => {
  await stopStack(dir);
  rmSync(dir, { recursive: true, force: true });
});

async function command(redis: RedisServer, text: string): Promise<string> {
  const reply = await exchange({ host: HOST, port: redis.port }, Buffer.from(`${text}\r\n`), (bytes) =>
    bytes.includes('\n'),
  );
  return `${reply}`;
}

test('the stack starts, is reused, is described, stopped, started again on its data, and reset', async () => {
  const [kafkaPort, redisPort] = (await freePorts(2)) as [number, number];
  const progress: string[] = [];
  const options: StartStackOptions = {
    mode: 'run',
    dataDir: dir,
    kafkaPort,
    redisPort,
    given: {},
    forceLocal: true,
    onProgress: (text) => void progress.push(text),
  };
  const first = await startStack(options);
  expect(first).toMatchObject({ kafkaBrokers: `${HOST}:${kafkaPort}`, redisUrl: `redis://${HOST}:${redisPort}` });
  expect(progress).toContain(`Kafka: starting on ${HOST}:${kafkaPort}…`);
  const { local } = readState(dir);
  expect(local.map(({ process }) => isRunning(process))).toEqual([true, true]);

  const second = await startStack(options);
  expect(second.servers.map(({ isReused }) => isReused)).toEqual([true, true]);
  await second.stop();
  expect(await kafkaAnswers({ host: HOST, port: kafkaPort })).toBe(true);
  expect(await describeStack(dir)).toEqual([
    expect.stringMatching(/^Kafka \S+ {2}127.0.0.1:\d+ {2}pid \d+ {2}answers/),
    expect.stringMatching(/^Redis \S+ {2}127.0.0.1:\d+ {2}pid \d+ {2}answers/),
  ]);

  expect(await stopStack(dir)).toHaveLength(2);
  expect(local.map(({ process }) => isRunning(process))).toEqual([false, false]);
  expect(await describeStack(dir)).toEqual([expect.stringContaining('nothing of this stack runs')]);

  const third = await startStack(options);
  await third.stop();
  expect(await redisAnswers({ host: HOST, port: redisPort })).toBe(false);
  await resetStack(dir);
  expect(existsSync(dir)).toBe(false);
});

test('a Kafka that was killed comes back on the same port, and its temporary folder goes when it is stopped', async () => {
  const kafka = await startKafka();
  const before = kafka.process;
  await kafka.kill();
  expect(isRunning(before)).toBe(false);
  await kafka.restart();
  expect(kafka.pid).not.toBe(before.pid);
  expect(await kafkaAnswers({ host: HOST, port: kafka.port })).toBe(true);
  await kafka.stop();
  expect(isRunning(kafka.process)).toBe(false);
  expect(existsSync(kafka.dataDir)).toBe(false);
});

test('a Redis comes back with what it had, with nothing, or with an older copy', async () => {
  const redis = await startRedis();
  const copy = join(redis.dataDir, 'older');
  await command(redis, 'SET version 1');
  redis.copyDataTo(copy);
  await command(redis, 'SET version 2');
  await redis.restart();
  expect(await command(redis, 'GET version')).toBe('$1\r\n2\r\n');
  await redis.kill();
  await redis.restart({ copiedTo: copy });
  expect(await command(redis, 'GET version')).toBe('$1\r\n1\r\n');
  await redis.kill();
  await redis.restart('empty');
  expect(await command(redis, 'GET version')).toBe('$-1\r\n');
  expect(await command(redis, 'CONFIG GET maxmemory-policy')).toContain('*2');
  await redis.stop();
  expect(existsSync(redis.dataDir)).toBe(false);
});
