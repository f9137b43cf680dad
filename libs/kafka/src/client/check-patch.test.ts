import { hasCode } from '@tidemark/schemas';
import { checkPatch } from './check-patch.ts';

it('accepts the KafkaJS that is installed, which is patched', () => {
  expect(() => checkPatch()).not.toThrow();
});

it('refuses one as published, and says how to mend it', () => {
  const asPublished = ({ messages }: { messages: unknown[] }) => messages;
  let refused: unknown;
  try {
    checkPatch(asPublished);
  } catch (error) {
    refused = error;
  }
  expect(hasCode(refused, 'TM_KAFKA_UNPATCHED')).toBe(true);
  expect(String(refused)).toContain('npx patch-package');
});

it.each([undefined, 1, 99])('refuses one with another patch (number %s)', (number) => {
  const patched = Object.assign(() => [], { [Symbol.for('tidemark.kafkajs.patch')]: number });
  expect(() => checkPatch(patched)).toThrow('TM_KAFKA_UNPATCHED');
});
