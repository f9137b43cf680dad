import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { complaintsOf } from './complaints.ts';

const servers: Server[] = [];

afterEach(() => servers.splice(0).forEach((server) => server.close()));

/** An instance that gives these answers, one after another, the last one again and again. */
async function answering(name: string, ...answers: readonly (readonly [status: number, body: object])[]) {
  const left = [...answers];
  const server = createServer((request, response) => {
    const [status, body] = request.url === '/livez' ? (left.length > 1 ? left.shift()! : left[0]!) : [404, {}];
    response.writeHead(status, { connection: 'close' }).end(JSON.stringify(body));
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { name, worker: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` } };
}

const WELL = [200, { ok: true, reasons: [] }] as const;
const STOPPED = [503, { ok: false, reasons: ['task parser/parse/1 has stopped for good: why'] }] as const;

test('all are well', async () => {
  expect(await complaintsOf([await answering('parser-1', WELL), await answering('parser-2', WELL)], 0)).toEqual([]);
});

test('a stopped task is told, and who does not answer', async () => {
  const gone = await answering('parser-3', WELL);
  servers.pop()!.close();
  const instances = [await answering('parser-1', WELL), await answering('parser-2', STOPPED), gone];
  expect(await complaintsOf(instances, 0)).toEqual([
    expect.stringMatching(/^parser-2: .*503.*task parser\/parse\/1 has stopped for good: why/),
    expect.stringMatching(/^parser-3: .*does not answer/),
  ]);
});

test('what is over in time is none', async () => {
  expect(await complaintsOf([await answering('parser-1', STOPPED, WELL)], 10_000)).toEqual([]);
});
