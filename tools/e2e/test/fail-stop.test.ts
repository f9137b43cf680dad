import { startRedis } from '@tidemark/stack';
import { eventually } from '../src/eventually.ts';
import { createInputTopic } from '../src/kafka/manage-topics.ts';
import { useStack } from '../src/servers/use-stack.ts';
import { createPipeline } from '../src/workers/pipeline.ts';
import type { WorkerProcess } from '../src/workers/worker-process.ts';
import { FAIL_STOP_CASES, FED, type FailStopCase, feed, type Running, untilFedIsRead } from './fail-stop-cases.ts';

const WITHIN_MS = 60_000;
/** Each has its workers, and they share two cores with the broker. */
const AT_ONCE = 5;

const stack = useStack();

interface Outcome {
  readonly name: string;
  /** From when it happened until it was told. */
  readonly seconds: number;
  readonly told: string;
}

/** Sets a case up, lets it happen, and waits until the worker tells. */
async function run({ worker: name, inflict, stops, ...rest }: FailStopCase, index: number): Promise<Outcome> {
  const [application, topic] = [`fail-stop-${index}`, `sales-${index}`];
  const { broker } = stack;
  const redis = await startRedis();
  const env = { SOURCE_GROUP_ID: application, SOURCE_SUBSCRIBE: topic, SOURCE_SESSION_TIMEOUT: '10s', TRIGGER: '0' };
  const pipeline = createPipeline({ KAFKA_BROKERS: broker, REDIS_URL: redis.url, ...env });
  const ends: (() => Promise<unknown>)[] = [() => pipeline.stop(), () => redis.stop()];
  try {
    await createInputTopic(broker, topic, 1);
    await feed({ broker, topic }, FED);
    const start = (more?: Readonly<Record<string, string>>) => pipeline.start(name, more);
    const worker = start();
    await untilFedIsRead(worker);
    const atEnd = (end: () => Promise<unknown>) => void ends.unshift(end);
    const running: Running = { broker, pipeline, redis, application, topic, worker, start, atEnd };
    const victim = (await inflict(running)) ?? worker;
    const startMs = performance.now();
    const told = await (stops === 'task' ? complaintOf(victim, rest.code) : lastWordsOf(victim));
    return { name: rest.name, seconds: (performance.now() - startMs) / 1_000, told };
  } finally {
    for (const end of ends) await end();
  }
}

function complaintOf(worker: WorkerProcess, code: string): Promise<string> {
  return eventually(
    `/livez tells ${code}`,
    async () => {
      const complaint = await worker.complaint();
      expect(complaint).toContain(code);
      return complaint;
    },
    { deadlineMs: WITHIN_MS },
  );
}

async function lastWordsOf(worker: WorkerProcess): Promise<string> {
  expect(await worker.ended).toBe('exit 1');
  return worker.log.slice(-3).join('\n');
}

test('what goes wrong under a worker stops it within a minute, with its own code and the way out', async () => {
  const waiting = [...FAIL_STOP_CASES.entries()];
  const outcomes: Outcome[] = [];
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { name } = next[1];
      outcomes.push(
        await run(next[1], next[0]).catch((error: Error) => ({ name, seconds: Infinity, told: error.message })),
      );
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  for (const { name, seconds } of outcomes) process.stdout.write(`${seconds.toFixed(1).padStart(5)} s  ${name}\n`);
  const faults = FAIL_STOP_CASES.flatMap(({ name, code, wayOut }) => {
    const { told, seconds } = outcomes.find((outcome) => outcome.name === name)!;
    const isRight = told.includes(code) && wayOut.test(told) && seconds * 1_000 < WITHIN_MS;
    return isRight ? [] : [`${name}: ${told}`];
  });
  expect(faults).toEqual([]);
}, 360_000);
