import { startRedis } from '@tidemark/stack';
import { eventually } from '../src/eventually.ts';
import { createInputTopic } from '../src/kafka/manage-topics.ts';
import { useStack } from '../src/servers/use-stack.ts';
import { createPipeline } from '../src/workers/pipeline.ts';
import type { WorkerProcess } from '../src/workers/worker-process.ts';
import { FAIL_STOP_CASES, type FailStopCase } from './fail-stop-cases.ts';
import { FED, feed, feedAll, numbers, PARTITIONS, type Running, untilFedIsRead, untilParsed } from './fail-stop-running.ts'; // prettier-ignore

const WITHIN_MS = 60_000;
/** Each has its workers, and they share two cores with the broker. */
const AT_ONCE = 5;

const stack = useStack();

interface Outcome {
  readonly name: string;
  /** From when it happened until it was told. */
  readonly seconds: number;
  readonly told: string;
  /** What was not as it should be afterwards. */
  readonly fault?: Error;
}

/** Sets a case up and lets `live` go on with it. */
async function withRunning<T>(
  { worker: name }: FailStopCase,
  index: number,
  live: (running: Running) => Promise<T>,
): Promise<T> {
  const [application, topic] = [`fail-stop-${index}`, `sales-${index}`];
  const { broker } = stack;
  const redis = await startRedis();
  const env = { SOURCE_GROUP_ID: application, SOURCE_SUBSCRIBE: topic, SOURCE_SESSION_TIMEOUT: '10s', TRIGGER: '0' };
  const pipeline = createPipeline({ KAFKA_BROKERS: broker, REDIS_URL: redis.url, ...env });
  const ends: (() => Promise<unknown>)[] = [() => pipeline.stop(), () => redis.stop()];
  try {
    await createInputTopic(broker, topic, PARTITIONS);
    await feedAll({ broker, topic }, 0, FED);
    const start = (more?: Readonly<Record<string, string>>) => pipeline.start(name, more);
    const worker = start();
    await untilFedIsRead(worker);
    const atEnd = (end: () => Promise<unknown>) => void ends.unshift(end);
    return await live({ broker, redis, application, topic, worker, start, atEnd });
  } finally {
    for (const end of ends) await end();
  }
}

/** Lets it happen, waits until the worker tells, and takes the way out. */
async function run(oneCase: FailStopCase, running: Running): Promise<Outcome> {
  const { name, inflict, stops, code, take } = oneCase;
  const { victim = running.worker, undo = async () => {} } = (await inflict(running)) ?? {};
  const undoOnce = once(undo);
  running.atEnd(undoOnce);
  const startMs = performance.now();
  const told = await (stops === 'start' ? lastWordsOf(victim) : complaintOf(victim, code));
  const outcome = { name, seconds: (performance.now() - startMs) / 1_000, told };
  const after = async () => {
    if (stops !== 'start') await assertOthersGoOn(running, victim, stops);
    await take?.(running, { victim, told, undo: undoOnce });
  };
  return after().then(
    () => outcome,
    (fault: Error) => ({ ...outcome, fault }),
  );
}

function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= action());
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

/** `/livez` tells of these tasks alone, and where one of the parser's is left, that one reads on and commits. */
async function assertOthersGoOn(running: Running, victim: WorkerProcess, stopped: readonly string[]): Promise<void> {
  const assertTold = async () => expect(tasksIn(await victim.complaint(), running.application)).toEqual(stopped);
  await eventually('/livez tells of the tasks that have stopped', assertTold);
  if (!stopped.every((task) => task === 'parse/0')) return;
  await feed(running, 1, FED, 2 * FED);
  await untilParsed(running, 1, numbers(0, 2 * FED));
  await assertTold();
}

/** The tasks that a complaint is about, as `stage/partition`. */
function tasksIn(complaint: string, application: string): string[] {
  return [...complaint.matchAll(/task (\S+) (?:has stopped for good|cannot go on):/g)]
    .map(([, task]) => task!.replace(`${application}/`, ''))
    .sort();
}

async function lastWordsOf(worker: WorkerProcess): Promise<string> {
  expect(await worker.ended).toBe('exit 1');
  return worker.log.slice(-3).join('\n');
}

test('what goes wrong under a worker stops it within a minute, with its own code and a way out that leads on', async () => {
  const waiting = [...FAIL_STOP_CASES.entries()];
  const outcomes: Outcome[] = [];
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, oneCase] = next;
      const { name } = oneCase;
      outcomes.push(
        await withRunning(oneCase, index, (running) => run(oneCase, running)).catch((error: Error) => ({
          ...{ name, seconds: Infinity, told: error.message },
        })),
      );
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  for (const { name, seconds } of outcomes) process.stdout.write(`${seconds.toFixed(1).padStart(5)} s  ${name}\n`);
  const faults = FAIL_STOP_CASES.flatMap(({ name, code, wayOut }) => {
    const { told, seconds, fault } = outcomes.find((outcome) => outcome.name === name)!;
    const isRight = told.includes(code) && wayOut.test(told) && seconds * 1_000 < WITHIN_MS;
    return isRight
      ? fault === undefined
        ? []
        : [`${name}, after it was told: ${fault.message}`]
      : [`${name}: ${told}`];
  });
  expect(faults).toEqual([]);
}, 360_000);
