import { parseEnv, textAs, wholeNumberText } from '@tidemark/schemas';
import { aggregate, defineTopology, type LogRecord, ok, query, repartition, repartitioned } from '@tidemark/stream';
import { count } from '@tidemark/window-state';
import { runMain, runWorker, workerChecks, workerConfig, type WorkerDefaults, workerEnv } from '../src/index.ts';

/** A worker of its own process for the tests: counts words of a topic, into another topic and a table. */
runMain(async () => {
  const defaults: WorkerDefaults = { worker: 'words', subscribe: [], port: 0 };
  const shape = {
    ...workerEnv(defaults),
    OUTPUT_TOPIC: textAs((text) => text, 'a topic'),
    /** Tasks that count; as many as the input has partitions when left out. */
    REPARTITION: wholeNumberText(1).optional(),
  };
  const values = parseEnv(shape, process.env, workerChecks);
  const config = workerConfig(values, defaults);
  const words = query({
    name: 'word-counts',
    groupBy: { word: (word: string) => word },
    measures: { count: count() },
    mode: 'update',
    everyMs: config.everyMs ?? 0,
    sink: { topic: values.OUTPUT_TOPIC, key: (row) => row.word, encode: (row) => JSON.stringify(row) },
  });
  const read = {
    source: config.source,
    step: (record: LogRecord) => ok(record.value?.toString() ?? ''),
    eventTimeMs: () => 0,
  };
  const partitions = values.REPARTITION;
  const topology = defineTopology({
    worker: 'words',
    stages:
      partitions === undefined
        ? aggregate({ ...read, queries: [words] })
        : [
            repartition({ ...read, name: 'spread', partitions }),
            ...aggregate({ ...read, source: repartitioned('spread'), queries: [words] }),
          ],
  });
  const tables = [
    {
      title: 'Words',
      columns: ['word', 'count'],
      rows: (state) => state.map(({ group: [word = ''], accumulator: [times = 0] }) => [word, times] as const),
    },
  ] satisfies Parameters<typeof runWorker>[0]['tables'];
  await runWorker({ worker: 'words', config, topology, tables });
});
