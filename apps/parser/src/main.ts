import { runMain, runWorker } from '@tidemark/host';
import { loadConfig } from './config.ts';
import { createTopology } from './topology.ts';

runMain(async () => {
  const config = loadConfig(process.env);
  await runWorker({ worker: 'parser', config, topology: createTopology(config) });
});
