import type { Target } from './feed.ts';
import { runKcat } from './run-kcat.ts';

/** Opens a producer under this transactional id, which fences whoever had it, writes a record and commits. */
export async function writeAs({ broker, topic, partition }: Target, transactionalId: string): Promise<void> {
  const args = ['-P', '-b', broker, '-t', topic, '-p', String(partition), '-X', `transactional.id=${transactionalId}`];
  await runKcat(args, '{}\n');
}
