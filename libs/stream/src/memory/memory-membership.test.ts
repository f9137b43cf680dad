import type { Assignment, Member } from '../ports/membership.ts';
import { ManualClock, settle } from './manual-clock.ts';
import { MemoryLog } from './memory-log.ts';

const GROUP = 'workers';

interface Told {
  readonly member: Member;
  readonly assignments: Assignment[];
  readonly fatal: Error[];
}

async function createGroup() {
  const clock = new ManualClock();
  const log = new MemoryLog({ clock });
  await log.admin.createTopics([{ topic: 'changelog', partitions: 4, config: {} }]);
  return { clock, log };
}

async function join(log: MemoryLog, clientId: string): Promise<Told> {
  const [assignments, fatal]: [Assignment[], Error[]] = [[], []];
  const member = await log.membership.join({
    groupId: GROUP,
    clientId,
    changelogTopics: ['changelog'],
    sessionTimeoutMs: 30_000,
    onAssignment: (assignment) => void assignments.push(assignment),
    onFatal: (error) => void fatal.push(error),
  });
  await settle();
  return { member, assignments, fatal };
}

describe('MemoryMembership', () => {
  it('refuses changelog topics that do not exist', async () => {
    const log = new MemoryLog();
    await expect(join(log, 'a')).rejects.toThrow(/TM_TOPIC_GONE/);
  });

  it('hands the tasks of an expelled member over, without telling it', async () => {
    const { log } = await createGroup();
    const [zombie, heir] = [await join(log, 'zombie'), await join(log, 'heir')];
    const told = zombie.assignments.length;
    log.membership.expel(GROUP, 'zombie');
    await settle();
    expect(heir.assignments.at(-1)?.tasks.length).toBe(4);
    expect(zombie.assignments.length).toBe(told);
  });

  it('confirms an expelled member only once it is in the group again', async () => {
    const { log, clock } = await createGroup();
    const zombie = await join(log, 'zombie');
    log.membership.expel(GROUP, 'zombie');
    const refused = expect(zombie.member.confirmMembership(1_000)).rejects.toThrow(/TM_MEMBERSHIP_LOST/);
    await clock.advanceAndSettle(1_000);
    await refused;

    const confirmed = zombie.member.confirmMembership(1_000);
    log.membership.rejoin(GROUP, 'zombie');
    expect((await confirmed).generation).toBe(3);
    expect(clock.pending).toBe(0);
  });

  it('reports a crash to the member, and its tasks to the others', async () => {
    const { log } = await createGroup();
    const [crashed, other] = [await join(log, 'crashed'), await join(log, 'other')];
    log.membership.crash(GROUP, 'crashed', new Error('gone'));
    await settle();
    expect(crashed.fatal.map(({ message }) => message)).toEqual(['gone']);
    expect(other.assignments.at(-1)?.tasks.length).toBe(4);
  });

  it('keeps the offsets that were committed for lag tools', async () => {
    const { log } = await createGroup();
    const { member } = await join(log, 'a');
    await member.commitOffsets([{ topic: 'input', partition: 2, offset: 17 }]);
    expect(log.membership.committedOffset(GROUP, 'input', 2)).toBe(17);
    expect(log.membership.committedOffset(GROUP, 'input', 0)).toBeUndefined();
  });
});
