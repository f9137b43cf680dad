import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { killProcess, stopProcess } from './end-process.ts';
import { identify, isRunning } from './identity.ts';

function spawnSleeper(script = 'setInterval(() => {}, 1000); console.log("up")') {
  return spawn(process.execPath, ['-e', script, 'marker-for-test'], { stdio: ['ignore', 'pipe', 'ignore'] });
}

test('a running process is known by its start time and its command line', async () => {
  const child = spawnSleeper();
  await once(child, 'spawn');
  const identity = identify(child.pid as number);
  expect(identity?.commandLine).toContain('marker-for-test');
  expect(isRunning(identity!)).toBe(true);
  await killProcess(identity!);
  expect(isRunning(identity!)).toBe(false);
});

test('another process with the same pid is not taken for ours, and gets no signal', async () => {
  const child = spawnSleeper();
  await once(child, 'spawn');
  const identity = identify(child.pid as number)!;
  const older = { ...identity, startedAt: '1' };
  expect(isRunning(older)).toBe(false);
  await killProcess(older);
  expect(isRunning(identity)).toBe(true);
  await killProcess(identity);
});

test('a process that ignores SIGTERM is killed after the deadline', async () => {
  const child = spawnSleeper('process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("up")');
  await once(child.stdout, 'data');
  const identity = identify(child.pid as number)!;
  const exited = once(child, 'exit');
  await stopProcess(identity, 100);
  expect((await exited)[1]).toBe('SIGKILL');
});
