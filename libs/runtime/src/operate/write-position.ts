import { changelogTopic } from '@tidemark/schemas';
import type { Position } from '@tidemark/stream';
import type { LogPorts } from '../ports.ts';
import { commitRecords } from '../support/commit-records.ts';
import { positionRecord } from '../task/changelog.ts';
import { taskTransactionalId } from '../task/task-plan.ts';

/** Commits a position for a task, in its own name: whoever else writes for it is fenced. */
export async function writePosition(
  application: string,
  stage: string,
  partition: number,
  position: Position,
  ports: LogPorts,
): Promise<void> {
  const producer = await ports.producers.open(taskTransactionalId(application, stage, partition));
  try {
    const changelog = { changelogTopic: changelogTopic(application, stage), partition };
    await commitRecords(producer, [positionRecord(changelog, position)]);
  } finally {
    await producer.close();
  }
}
