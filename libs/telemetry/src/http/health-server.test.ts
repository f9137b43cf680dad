import { once } from 'node:events';
import { connect } from 'node:net';
import type { StreamingQueryProgress } from '@tidemark/stream';
import { createMetrics } from '../metrics/metrics.ts';
import { createProgressLog } from '../progress/progress-log.ts';
import { startHealthServer, type Health, type HealthProbes, type HealthServer } from './health-server.ts';

const state = { live: well(), ready: well(), drains: 0 };
const progress = createProgressLog();
const metrics = createMetrics();
const probes: HealthProbes = {
  live: () => state.live,
  ready: () => state.ready,
  metrics: () => metrics.text(),
  progress: () => progress.recent(),
  drain: () => void (state.drains += 1),
};
let server: HealthServer;
beforeAll(async () => {
  server = await startHealthServer({ port: 0, probes });
});
afterAll(() => server.close());

function thrown(): never {
  throw new Error('broken');
}

function well(): Health {
  return { ok: true, reasons: [] };
}

async function get(path: string): Promise<{ status: number; type: string | null; text: string }> {
  const response = await fetch(server.url + path);
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

test.each(['live', 'ready'] as const)('1. /%sz is 200 when well, else 503 with reasons', async (probe) => {
  state[probe] = well();
  expect(await get(`/${probe}z`)).toMatchObject({ status: 200, text: '{"ok":true,"reasons":[]}' });
  state[probe] = { ok: false, reasons: ['task parse-0: restoring'] };
  expect(await get(`/${probe}z`)).toMatchObject({
    status: 503,
    text: '{"ok":false,"reasons":["task parse-0: restoring"]}',
  });
});

test('2. /metrics is Prometheus text', async () => {
  metrics.commits.add({ stage: 'parse' }, 4);
  const answer = await get('/metrics');
  expect(answer).toMatchObject({ status: 200, type: 'text/plain; version=0.0.4; charset=utf-8' });
  expect(answer.text).toContain('tidemark_commits_total{stage="parse"} 4\n');
});

test('3. /progress is a JSON list', async () => {
  expect((await get('/progress')).text).toBe('[]');
  progress.add({ name: 'sales', batchId: 1 } as StreamingQueryProgress);
  expect(JSON.parse((await get('/progress')).text)).toEqual([{ name: 'sales', batchId: 1 }]);
});

test('4. only a POST that comes from no web page drains', async () => {
  expect((await get('/drain')).status).toBe(404);
  const fromPage = await fetch(`${server.url}/drain`, { method: 'POST', headers: { origin: 'http://example.org' } });
  expect([fromPage.status, state.drains]).toEqual([403, 0]);
  const response = await fetch(`${server.url}/drain`, { method: 'POST' });
  expect([response.status, state.drains]).toEqual([202, 1]);
});

test('5. it listens on loopback only, on the port that it names', () => {
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d+$/);
});

test('6. a port that is taken names the option', async () => {
  const port = Number(new URL(server.url).port);
  await expect(startHealthServer({ port, probes, portOption: 'PARSER_PORT' })).rejects.toMatchObject({
    code: 'TM_CONFIG_INVALID',
    message: expect.stringMatching(/PARSER_PORT.*another program listens there/),
  });
});

test('7. after close nothing listens', async () => {
  const second = await startHealthServer({ port: 0, probes });
  await fetch(`${second.url}/livez`);
  await second.close();
  await expect(fetch(`${second.url}/livez`)).rejects.toThrow();
});

test('8. HEAD answers as GET does, without a body, and what is not there is 404 in JSON', async () => {
  const head = await fetch(`${server.url}/metrics`, { method: 'HEAD' });
  const length = Number(head.headers.get('content-length'));
  expect([head.status, await head.text(), length > 100]).toEqual([200, '', true]);
  expect(await get('/nothing')).toMatchObject({ status: 404, text: '{"error":"not found"}' });
});

test.each<[string, Partial<HealthProbes>]>([
  ['metrics', { metrics: () => Promise.reject(new Error('broken')) }],
  ['metrics', { metrics: () => thrown() }],
  ['livez', { live: () => thrown() }],
])('9. a probe of /%s that fails is told, and the server goes on', async (path, broken) => {
  const failing = await startHealthServer({ port: 0, probes: { ...probes, ...broken } });
  const answer = await fetch(`${failing.url}/${path}`);
  expect([answer.status, await answer.json()]).toEqual([500, { error: 'Error: broken' }]);
  expect((await fetch(`${failing.url}/progress`)).status).toBe(200);
  await failing.close();
});

test('10. close does not wait for connections that clients keep open', async () => {
  const second = await startHealthServer({ port: 0, probes });
  const { hostname, port } = new URL(second.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  await second.close();
  socket.destroy();
});
