import { join } from 'node:path';
import { patchedDependencies, unpatchedFiles } from '../src/patches.mjs';
import { ROOT } from './repository.ts';

const kafkajs = patchedDependencies(ROOT, { kafkajs: '2.2.4', pino: '1.0.0' }).get('kafkajs')!;

test('the installed KafkaJS is patched', () => {
  expect(unpatchedFiles(kafkajs, join(ROOT, 'node_modules/kafkajs'))).toEqual([]);
});

test('KafkaJS as published lacks every change', () => {
  const lacking = unpatchedFiles(kafkajs, join(ROOT, 'node_modules/kafkajs-stock'));
  expect(lacking).toContain('src/consumer/filterAbortedMessages.js');
  expect(lacking).toContain('src/producer/eosManager/index.js');
  expect(lacking).toHaveLength(11);
});

test('only packages with a patch for exactly that version count', () => {
  expect([...patchedDependencies(ROOT, { kafkajs: '2.2.3', pino: '1.0.0' })]).toEqual([]);
});
