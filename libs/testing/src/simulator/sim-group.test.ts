import type { Network } from './calls.ts';
import { createChance } from './chance.ts';
import { FaultTally } from './fault-kinds.ts';
import { ModelTime } from './model-time.ts';
import { type GroupOffset, SimGroup } from './sim-group.ts';
import { SimProcess } from './sim-process.ts';

const REBALANCED_MS = 10_000;
const SESSION_TIMEOUT_MS = 30_000;

/** A group over the changelog of one task, and a way to join it. */
function createGroup() {
  const time = new ModelTime(0, 10_000);
  const note = () => {};
  const faults = new FaultTally(() => false, note);
  const network: Network = { time, chance: createChance(1, 1), faults, note, isHit: () => false, travelMs: () => 1, unanswered: new Map() }; // prettier-ignore
  const taken: GroupOffset[] = [];
  const group = new SimGroup(
    network,
    () => 1,
    (kept) => void taken.push(kept),
  );
  const join = async (name: string) => {
    const process = new SimProcess(name, time, 0);
    const options = { groupId: 'g', clientId: name, changelogTopics: ['c'], sessionTimeoutMs: SESSION_TIMEOUT_MS, onAssignment: () => {}, onFatal: () => {} }; // prettier-ignore
    return { process, member: await group.join(process, options) };
  };
  const pass = (ms: number) => time.runUntil(time.now() + ms);
  return { group, taken, join, pass };
}

const at = (offset: number) => [{ topic: 'visits', partition: 0, offset }];

test('a group keeps the offsets that its members commit, also when all have left', async () => {
  const { group, taken, join, pass } = createGroup();
  const { member } = await join('a');
  await pass(REBALANCED_MS);
  expect(group.offsetOf('visits', 0)).toBeUndefined();
  await member.commitOffsets(at(5));
  await member.commitOffsets(at(7));
  expect(taken).toEqual([...at(5), ...at(7)]);
  await member.leave();
  await pass(REBALANCED_MS);
  expect([group.offsetOf('visits', 0), group.offsetOf('visits', 1)]).toEqual([7, undefined]);
});

test('it takes none from who has not heard of the generation, has been silent for too long or has left', async () => {
  const { group, taken, join, pass } = createGroup();
  const first = await join('a');
  await first.member.commitOffsets(at(1));
  await pass(REBALANCED_MS);
  const second = await join('b');
  await second.member.commitOffsets(at(2));
  await pass(REBALANCED_MS);
  first.process.freeze();
  group.silenced(first.process);
  await pass(SESSION_TIMEOUT_MS + REBALANCED_MS);
  await first.member.commitOffsets(at(3));
  await second.member.leave();
  await second.member.commitOffsets(at(4));
  expect([taken, group.offsetOf('visits', 0)]).toEqual([[], undefined]);
});
