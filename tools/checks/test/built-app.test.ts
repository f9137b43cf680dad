import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './repository.ts';

const RESULTS = '.tidemark/checks/built-app';
const DIST = join(ROOT, RESULTS, 'apps/parser');

const node = (...args: readonly string[]) =>
  spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8', env: { PATH: process.env['PATH'], PORT: 'none' } });

afterAll(() => rmSync(join(ROOT, RESULTS), { recursive: true, force: true }));

test('an app of one file starts, with its scripts beside it, and tells what is wrong', () => {
  expect(node('tools/build.mjs', 'apps/parser', RESULTS)).toMatchObject({ status: 0, stderr: '' });
  expect(existsSync(join(DIST, 'lua'))).toBe(true);
  const { status, stderr } = node(join(DIST, 'main.js'));
  expect(stderr).toContain('TM_CONFIG_INVALID');
  expect(stderr).toContain('PORT');
  expect(status).toBe(2);
}, 60_000);
