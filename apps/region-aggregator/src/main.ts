import { runMain, runWorker } from '@tidemark/host';
import { loadConfig } from './config.ts';
import { regionTable } from './region-table.ts';
import { createTopology } from './topology.ts';

runMain(async () => {
  const config = loadConfig(process.env);
  await runWorker({ worker: 'region-aggregator', config, topology: createTopology(config), tables: [regionTable] });
});
