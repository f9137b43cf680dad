import { runMain, runWorker, workerChecks, workerConfig, type WorkerDefaults, workerEnv } from '@tidemark/host';
import { oneOfText, parseEnv } from '@tidemark/schemas';
import { createTopology, VERSIONS } from './topology.ts';

const DEFAULTS: WorkerDefaults = { worker: 'versioned', subscribe: [], port: 0 };

// A worker whose rows have changed their shape twice; VERSION tells which build of it this process is.
runMain(async () => {
  const values = parseEnv({ ...workerEnv(DEFAULTS), VERSION: oneOfText(VERSIONS) }, process.env, workerChecks);
  const config = workerConfig(values, DEFAULTS);
  await runWorker({ worker: 'versioned', config, topology: createTopology(config.source, values.VERSION) });
});
