import { askTogether } from './ask-together.ts';

/** A server that answers when it is told to, and notes what it was asked. */
function createServer() {
  const requests: { names: readonly string[]; answer: () => void; fail: (error: Error) => void }[] = [];
  const ask = (names: readonly string[]) =>
    new Promise<ReadonlyMap<string, string>>((resolve, reject) => {
      const number = requests.length + 1;
      const known = names.filter((name) => name !== 'absent');
      requests.push({
        names,
        answer: () => resolve(new Map(known.map((name) => [name, `${name} by ${number}`]))),
        fail: reject,
      });
    });
  return { ask, requests, asked: () => requests.map(({ names }) => names) };
}

/** Lets all go on that waits for nothing but earlier promises. */
const settle = () => new Promise(setImmediate);

it('puts what is asked in one moment into one request, each name once', async () => {
  const server = createServer();
  const ask = askTogether(server.ask);
  const answers = Promise.all([ask('a'), ask('b'), ask('a')]);
  await settle();
  server.requests[0]!.answer();
  expect(await answers).toEqual(['a by 1', 'b by 1', 'a by 1']);
  expect(server.asked()).toEqual([['a', 'b']]);
});

it('answers what is asked during a request by the next one, which is sent when that is over', async () => {
  const server = createServer();
  const ask = askTogether(server.ask);
  const first = ask('a');
  await settle();
  const later = Promise.all([ask('a'), ask('b')]);
  await settle();
  expect(server.asked()).toEqual([['a']]);
  server.requests[0]!.answer();
  await settle();
  expect(server.asked()).toEqual([['a'], ['a', 'b']]);
  server.requests[1]!.answer();
  expect([await first, await later]).toEqual(['a by 1', ['a by 2', 'b by 2']]);
});

it('asks again when it is asked after all is answered', async () => {
  const server = createServer();
  const ask = askTogether(server.ask);
  for (const number of [1, 2]) {
    const answer = ask('a');
    await settle();
    server.requests.at(-1)!.answer();
    expect(await answer).toBe(`a by ${number}`);
  }
});

it('asks for each alone when a request for several fails, so that each gets its own error', async () => {
  const server = createServer();
  const ask = askTogether(server.ask);
  const answers = Promise.allSettled([ask('a'), ask('gone'), ask('b')]);
  await settle();
  server.requests[0]!.fail(new Error('one of them is gone'));
  await settle();
  server.requests[1]!.answer();
  await settle();
  server.requests[2]!.fail(new Error('gone'));
  await settle();
  server.requests[3]!.answer();
  expect(server.asked()).toEqual([['a', 'gone', 'b'], ['a'], ['gone'], ['b']]);
  expect(await answers).toEqual([
    { status: 'fulfilled', value: 'a by 2' },
    { status: 'rejected', reason: new Error('gone') },
    { status: 'fulfilled', value: 'b by 4' },
  ]);
});

it('goes on after a failure', async () => {
  const server = createServer();
  const ask = askTogether(server.ask);
  const failed = expect(ask('a')).rejects.toThrow('away');
  await settle();
  server.requests[0]!.fail(new Error('away'));
  await failed;
  const again = ask('a');
  await settle();
  server.requests[1]!.answer();
  expect(await again).toBe('a by 2');
});

it('knows nothing of a name that the answer leaves out', async () => {
  const server = createServer();
  const ask = askTogether(server.ask);
  const answers = Promise.all([ask('a'), ask('absent')]);
  await settle();
  server.requests[0]!.answer();
  expect(await answers).toEqual(['a by 1', undefined]);
});
