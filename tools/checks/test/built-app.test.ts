import { spawn, spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '@tidemark/testing';
import { ROOT } from './repository.ts';

const RESULTS = '.tidemark/checks/built-app';
const MAIN = join(ROOT, RESULTS, 'apps/parser/main.js');
const CACHE = join(ROOT, RESULTS, 'cache');

/** No port: it ends with an error as soon as it runs. */
const env = { PATH: process.env['PATH'], PORT: 'none', NODE_COMPILE_CACHE: CACHE };
const node = (...args: readonly string[]) => spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8', env });
const keptCode = () => globSync('*/app-*', { cwd: CACHE });

beforeAll(() => {
  rmSync(join(ROOT, RESULTS), { recursive: true, force: true });
  expect(node('tools/build.mjs', 'apps/parser', RESULTS)).toMatchObject({ status: 0, stderr: '' });
}, 60_000);

afterAll(() => rmSync(join(ROOT, RESULTS), { recursive: true, force: true }));

function expectToTellWhatIsWrong(): void {
  const { status, stderr } = node(MAIN);
  expect(stderr).toContain('TM_CONFIG_INVALID');
  expect(stderr).toContain('PORT');
  expect(status).toBe(2);
}

test('an app of one file starts, with its scripts beside it, and tells what is wrong', () => {
  expect(existsSync(join(MAIN, '../lua'))).toBe(true);
  expectToTellWhatIsWrong();
});

test('it keeps what was compiled of it, and runs with that the next time', async () => {
  // Nothing listens there: it goes on trying.
  const nowhere = { ...env, PORT: '0', KAFKA_BROKERS: '127.0.0.1:1', REDIS_URL: 'redis://127.0.0.1:1' };
  const running = spawn(process.execPath, [MAIN], { cwd: ROOT, env: nowhere, stdio: 'ignore' });
  try {
    await waitFor(() => keptCode().length > 0, 30_000, 'code that is kept');
  } finally {
    running.kill('SIGKILL');
  }
  expectToTellWhatIsWrong();
  const [kept, ...others] = keptCode();
  expect(others).toEqual([]);
  const file = join(CACHE, kept!);
  writeFileSync(file, readFileSync(file).fill(0, 1_000, 5_000));
  expectToTellWhatIsWrong();
}, 60_000);

test('with source maps the stacks of its errors name the sources', () => {
  const failing = `process.env = new Proxy(process.env, {
    get: (env, name) => { if (name === 'PORT') throw new Error('asked'); return env[name]; },
  });`;
  const { status, stderr } = node('--enable-source-maps', '--eval', `${failing} import(${JSON.stringify(MAIN)})`);
  expect(stderr).toMatch(/^Error: asked\n[^]*apps\/parser\/src\/config\.ts:/);
  expect(status).toBe(1);
});
