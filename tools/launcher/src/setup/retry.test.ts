import { TidemarkError } from '@tidemark/schemas';
import { retryPassing } from './retry.ts';

function failing(code: 'TM_KAFKA_UNREACHABLE' | 'TM_TOPIC_GONE', times: number) {
  let calls = 0;
  const ask = async () => {
    calls += 1;
    if (calls <= times) throw new TidemarkError(code, 'no');
    return 'answer';
  };
  return { ask, calls: () => calls };
}

test('asks again after an error that may pass', async () => {
  const { ask, calls } = failing('TM_KAFKA_UNREACHABLE', 2);
  expect(await retryPassing(ask)).toBe('answer');
  expect(calls()).toBe(3);
});

test('any other error is passed on at once', async () => {
  const { ask, calls } = failing('TM_TOPIC_GONE', 1);
  await expect(retryPassing(ask)).rejects.toMatchObject({ code: 'TM_TOPIC_GONE' });
  expect(calls()).toBe(1);
});

test('gives up in the end', async () => {
  const { ask } = failing('TM_KAFKA_UNREACHABLE', Infinity);
  await expect(retryPassing(ask, 0)).rejects.toMatchObject({ code: 'TM_KAFKA_UNREACHABLE' });
});
