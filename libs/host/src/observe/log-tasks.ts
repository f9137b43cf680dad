import { hasCode } from '@tidemark/schemas';
import { type Logger, type RuntimeObserver, silentObserver, type TaskName } from '@tidemark/stream';

/** Writes what tasks do to the log. Commits only at debug: there may be hundreds a second. */
export function logTasks(logger: Logger): RuntimeObserver {
  return {
    ...silentObserver,
    tookOver(task, { changelogRecords, fromCheckpoint, rows, position, durationMs }) {
      const { version: batchId, inputs } = position;
      const fields = { ...at(task), batchId, inputs, rows, changelogRecords, fromCheckpoint, durationMs };
      logger.info(fields, 'task taken over');
    },
    committed(task, { position, records, durationMs }) {
      const { version: batchId, inputs } = position;
      logger.debug({ ...at(task), topic: Object.keys(inputs).join(), batchId, records, durationMs }, 'committed');
    },
    failed(task, error, stopped) {
      if (stopped) logger.error({ ...at(task), err: error }, 'task stopped for good');
      // A take-over elsewhere is a day's work; whether it was one, the group is asked next.
      else if (hasCode(error, 'TM_FENCED')) logger.info(at(task), 'task was taken over by another owner');
      else logger.warn({ ...at(task), reason: error.message }, 'task failed; taking it over again');
    },
    checkpointed(task, outcome, durationMs) {
      if (outcome === 'replaced') logger.debug({ ...at(task), durationMs }, 'checkpoint written in full');
    },
  };
}

function at({ stage, partition }: TaskName): { stage: string; partition: number } {
  return { stage, partition };
}
