import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePorts, waitUntil } from '@tidemark/stack';
import { DEFAULT_RESTART_POLICY } from './restart-policy.ts';
import { supervise, type SupervisedWorker, type WorkerEvent } from './supervise.ts';

const STAND_IN = resolve(__dirname, '../../test/stand-in.mjs');
const NEVER = new AbortController().signal;
const dir = mkdtempSync(join(tmpdir(), 'tidemark-supervise-'));
const workers: SupervisedWorker[] = [];

afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.stop(AbortSignal.abort())));
});
afterAll(() => rmSync(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }));

async function start(fault = '', firstDelayMs = 10) {
  const [port] = (await freePorts(1)) as [number];
  const files = { log: join(dir, `${port}.log`), starts: join(dir, `${port}.starts`) };
  const events: WorkerEvent[] = [];
  const worker = supervise({
    name: 'parser',
    child: {
      script: STAND_IN,
      args: [],
      env: { ...process.env, PORT: String(port), FAULT: fault, STARTS_FILE: files.starts },
      cwd: dir,
      logFile: files.log,
    },
    url: `http://127.0.0.1:${port}`,
    policy: { ...DEFAULT_RESTART_POLICY, maxQuickDeaths: 3, firstDelayMs },
    onEvent: (event) => void events.push(event),
  });
  workers.push(worker);
  const kinds = () => events.map(({ kind }) => kind);
  const event = async <K extends WorkerEvent['kind']>(kind: K, count = 1) => {
    const found = () => events.filter((each) => each.kind === kind)[count - 1];
    const answer = await waitUntil(found, { deadlineMs: 15_000 });
    if (!answer) throw new Error(`no ${kind} among ${kinds().join(', ')}`);
    return answer as Extract<WorkerEvent, { kind: K }>;
  };
  return { worker, event, kinds, files, starts: () => readFileSync(files.starts, 'utf8').trim().split('\n').length };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('1. a worker that is killed is started again, on the same port', async () => {
  const { worker, event, kinds } = await start();
  expect(await event('ready')).toMatchObject({ isRestart: false });
  const before = worker.pid as number;
  process.kill(before, 'SIGKILL');
  expect(await event('died')).toMatchObject({ exit: { signal: 'SIGKILL' } });
  expect(await event('ready', 2)).toMatchObject({ isRestart: true });
  expect(worker.pid).not.toBe(before);
  expect(kinds()).toEqual(['ready', 'died', 'ready']);
});

test('2. one that dies at once, again and again, is given up with the end of its log', async () => {
  const { event, kinds, starts, files } = await start('crash');
  const { error } = await event('gave_up');
  expect(kinds()).toEqual(['died', 'died', 'gave_up']);
  expect(starts()).toBe(3);
  expect(error).toMatchObject({ code: 'TM_PROCESS_FAILED' });
  expect(error.message).toMatch(/parser ended \(exit 1\).*3 times in a row/s);
  expect(error.message).toContain(`${files.log}:\n    TM_REDIS_UNREACHABLE: Redis does not answer`);
});

test('3. one with an invalid configuration is not tried again', async () => {
  const { event, kinds, starts } = await start('config');
  expect((await event('gave_up')).error.message).toContain('PORT is wrong');
  expect([kinds(), starts()]).toEqual([['gave_up'], 1]);
});

test('4. a drain ends it with exit 0 and without a restart', async () => {
  const { worker, event, kinds, starts } = await start();
  await event('ready');
  await worker.drain();
  expect([worker.isRunning, kinds(), starts()]).toEqual([false, ['ready'], 1]);
});

test('5. a drain outlives a death: the next process is asked again', async () => {
  const { worker, kinds } = await start();
  process.kill(worker.pid as number, 'SIGKILL');
  await worker.drain();
  expect(kinds()).toEqual(['died', 'ready']);
});

test('6. a stop ends it in order', async () => {
  const { worker, event } = await start();
  await event('ready');
  const pid = worker.pid as number;
  expect(await worker.stop(NEVER)).toBe('stopped');
  expect(isAlive(pid)).toBe(false);
});

test('7. one that does not listen to SIGTERM is killed when there is a hurry', async () => {
  const { worker, event, files } = await start('deaf');
  await event('ready');
  const [pid, hurry] = [worker.pid as number, new AbortController()];
  const stopped = worker.stop(hurry.signal);
  const hasHeard = () => readFileSync(files.log, 'utf8').includes('I do not hear') || undefined;
  expect(await waitUntil(hasHeard, { deadlineMs: 10_000 })).toBe(true);
  hurry.abort();
  expect(await stopped).toBe('killed');
  expect(isAlive(pid)).toBe(false);
});

test('8. a stop while it waits for its restart ends that', async () => {
  const { worker, event, starts } = await start('crash', 60_000);
  await event('died');
  expect(await worker.stop(NEVER)).toBe('stopped');
  expect(starts()).toBe(1);
});

test('9. one that has only just been started stops in order too', async () => {
  const { worker } = await start();
  expect(await worker.stop(NEVER)).toBe('stopped');
});
