import { TidemarkError } from '@tidemark/schemas';
import type { ClusterOperations } from '@tidemark/stream';

/** @throws TidemarkError (TM_APPLICATION_ACTIVE) while a group of these applications has members */
export async function refuseActive(applications: Iterable<string>, operations: ClusterOperations): Promise<void> {
  for (const application of new Set(applications)) {
    const members = await operations.memberCount(application);
    if (members === 0) continue;
    throw new TidemarkError(
      'TM_APPLICATION_ACTIVE',
      `${application} has ${members} running; stop all of them first. One that was killed counts until its session has ` +
        'timed out (30 s)',
      { fields: { application, members } },
    );
  }
}
