import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { kafkaAnswers } from '@tidemark/stack';

import { KAFKA_VARIABLE, REDIS_VARIABLE, useServers } from './use-servers.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const REPOSITORY = fileURLToPath(new URL('../../../../', import.meta.url));
const IGNORED_DIR = join(REPOSITORY, '.tidemark');
const JEST = join(createRequire(import.meta.url).resolve('jest/package.json'), '../bin/jest.js');

jest.setTimeout(240_000);

/** Runs jest on one test in a folder of its own, with the set-up and teardown as a project would name them. */
async function runProject(testText: string) {
  // Inside of the repository, or else jest does not find what the preset names.
  mkdirSync(IGNORED_DIR, { recursive: true });
  const dir = mkdtempSync(join(IGNORED_DIR, 'servers-test-'));
  const config = {
    rootDir: dir,
    globalSetup: join(HERE, 'jest-global-setup.ts'),
    globalTeardown: join(HERE, 'jest-global-teardown.ts'),
  };
  const preset = JSON.stringify(join(REPOSITORY, 'jest.preset.cjs'));
  writeFileSync(join(dir, 'one.test.ts'), testText);
  writeFileSync(
    join(dir, 'jest.config.cjs'),
    `module.exports = { ...require(${preset}), ...${JSON.stringify(config)} };`,
  );
  const env = { ...process.env, [KAFKA_VARIABLE]: '', [REDIS_VARIABLE]: '' };
  const child = spawn(process.execPath, [JEST, '--config', join(dir, 'jest.config.cjs')], { cwd: REPOSITORY, env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const [exitCode] = await once(child, 'close');
  rmSync(dir, { recursive: true });
  return { exitCode, output };
}

test('a project with the global set-up gets servers for its run, and they are gone after it', async () => {
  const { exitCode, output } = await runProject(`
    import { useServers } from ${JSON.stringify(join(HERE, 'use-servers.ts'))};
    import { connect } from 'node:net';
    test('connects', async () => {
      const { kafkaBrokers, redisUrl } = useServers();
      for (const port of [kafkaBrokers[0].split(':')[1], new URL(redisUrl).port]) {
        await new Promise((resolve, reject) => connect(port, '127.0.0.1').on('connect', function () {
          this.destroy();
          resolve();
        }).on('error', reject));
      }
      console.log('kafka port', kafkaBrokers[0].split(':')[1], '.');
    });`);
  if (exitCode !== 0) throw new Error(output);
  const port = Number(/kafka port (\d+)/.exec(output)?.[1]);
  expect(port).toBeGreaterThan(0);
  expect(await kafkaAnswers({ host: '127.0.0.1', port })).toBe(false);
});

test('without the global set-up, the error says what to add', () => {
  const saved = process.env[KAFKA_VARIABLE];
  delete process.env[KAFKA_VARIABLE];
  expect(() => useServers()).toThrow('jest-global-setup.ts');
  if (saved) process.env[KAFKA_VARIABLE] = saved;
});
