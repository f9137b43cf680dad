import { lastWordsIn } from './last-words.ts';

const LOG = `--- 2026-01-01T00:00:00.000Z started, pid 1
{"level":"info","msg":"serving"}
(node:1) MaxListenersExceededWarning: Possible leak
KafkaJSGroupCoordinatorNotFound: Failed to find group coordinator
    at Cluster.find (index.js:420:11)
{"level":"warn","msg":"afterwards"}
`;

test('the line that says why, among records and stacks', () => {
  expect(lastWordsIn(LOG)).toBe('KafkaJSGroupCoordinatorNotFound: Failed to find group coordinator');
  expect(lastWordsIn('--- started\n{}\n')).toBe('it said nothing');
});
