import { whileRunning } from './while-running.ts';

const never = new Promise<never>(() => {});

test('what is waited for is handed on as long as all run', async () => {
  const parser = { name: 'parser', succeeded: never };
  expect(await whileRunning([parser], Promise.resolve(7))).toBe(7);
});

test('a process that ends, in whatever way, ends the waiting', async () => {
  const good = { name: 'parser', succeeded: Promise.resolve() };
  await expect(whileRunning([good], never)).rejects.toThrow('parser ended by itself');
  const bad = { name: 'parser', succeeded: Promise.reject(new Error('exit 1')) };
  await expect(whileRunning([bad], never)).rejects.toThrow('exit 1');
});
