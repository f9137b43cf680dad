import { runMain, runWorker } from '@tidemark/host';
import { createKafka } from '@tidemark/kafka';
import { loadConfig } from './config.ts';
import { createOriginalsLookup } from './read-originals.ts';
import { createTopology } from './topology.ts';

runMain(async () => {
  const config = loadConfig(process.env);
  const originals = createKafka({ brokers: config.brokers, clientId: `${config.application}-originals` }).reader();
  try {
    const topology = createTopology({ source: config.source, lookup: createOriginalsLookup(originals) });
    await runWorker({ worker: 'error-router', config, topology });
  } finally {
    await originals.close();
  }
});
