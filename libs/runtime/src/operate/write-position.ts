import { changelogTopic } from '@tidemark/schemas';
import type { Position } from '@tidemark/stream';
import type { LogPorts } from '../ports.ts';
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
    const transaction = await producer.begin();
    const changelog = { changelogTopic: changelogTopic(application, stage), partition };
    await transaction.send([positionRecord(changelog, position)]);
    await transaction.commit();
  } finally {
    await producer.close();
  }
}
