import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const PATCHED_FILE = 'src/consumer/filterAbortedMessages.js';
const MARK = 'tidemark.kafkajs.patch';
const { resolve } = createRequire(__filename);

/** The folder of a package. */
const folderOf = (name: string) => dirname(resolve(`${name}/package.json`));
const versionOf = (name: string) =>
  (JSON.parse(readFileSync(join(folderOf(name), 'package.json'), 'utf8')) as { version: string }).version;

test('what is called stock is the release that we patch, without the patch', () => {
  const [ours, stock] = ['kafkajs', 'kafkajs-stock'].map((name) =>
    readFileSync(join(folderOf(name), PATCHED_FILE), 'utf8'),
  );
  expect(versionOf('kafkajs-stock')).toBe(versionOf('kafkajs'));
  expect(ours).toContain(MARK);
  expect(stock).not.toContain(MARK);
});
