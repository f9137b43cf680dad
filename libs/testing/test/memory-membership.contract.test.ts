import { MemoryLog } from '@tidemark/stream';
import { describeMembershipContract } from '../src/index.ts';

describeMembershipContract('MemoryMembership', async () => {
  const log = new MemoryLog();
  return {
    membership: () => log.membership,
    admin: log.admin,
    sessionTimeoutMs: 6_000,
    deadlineMs: 2_000,
    close: () => log.admin.close(),
  };
});
