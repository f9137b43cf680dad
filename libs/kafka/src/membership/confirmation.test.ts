import { hasCode } from '@tidemark/schemas';
import { createConfirmation } from './confirmation.ts';

const ASSIGNMENT = { generation: 3, tasks: [] };
const SOON_MS = 10;
const LATER_MS = 10_000;

const rejection = (promise: Promise<unknown>) => promise.catch((error: unknown) => error);

it('takes only a heartbeat that was sent after the question', async () => {
  const confirmation = createConfirmation('g');
  const late = rejection(confirmation.wait(SOON_MS));
  confirmation.accepted(Date.now() - 1_000, ASSIGNMENT);
  expect(hasCode(await late, 'TM_MEMBERSHIP_LOST')).toBe(true);

  const confirmed = confirmation.wait(LATER_MS);
  confirmation.accepted(Date.now(), ASSIGNMENT);
  expect(await confirmed).toBe(ASSIGNMENT);
});

it('ends all waits when the membership is over', async () => {
  const confirmation = createConfirmation('g');
  const waits = [rejection(confirmation.wait(LATER_MS)), rejection(confirmation.wait(LATER_MS))];
  confirmation.reject('this member left the group');
  for (const error of await Promise.all(waits)) expect(String(error)).toContain('group g: this member left the group');
});
