// One job in a process of its own, so that no client runs on what the compilers and the collector did for another.
// usage: node main.ts '<job as JSON>'; the last line of its output is the result as JSON
import type { BenchClient } from '../clients/client.ts';
import { readValues } from '../../workload/workload.ts';
import type { Job, JobResult, NodeClientName } from './job.ts';
import { amountReader, read, readAndParse } from './read-jobs.ts';
import { produce, produceInTransactions, smallTransactions } from './write-jobs.ts';

const ASK_FOR_PARENT_EVERY_MS = 1_000;

/** Loaded when it is asked for: a process holds one client alone. */
const CLIENTS: Record<NodeClientName, (brokers: string) => Promise<BenchClient>> = {
  ours: async (brokers) => (await import('../clients/ours.ts')).createOurs(brokers),
  stock: async (brokers) => (await import('../clients/stock.ts')).createStock(brokers),
  platformatic: async (brokers) => (await import('../clients/platformatic.ts')).createPlatformatic(brokers),
};

async function run(job: Job): Promise<JobResult> {
  const client = await CLIENTS[job.client](job.brokers);
  const { kind, topic, count, valuesFile } = job;
  if (kind === 'read') return read(client, topic, count);
  if (kind === 'parse') return readAndParse(client, topic, count, amountReader(job.client));
  const target = { topic, values: readValues(valuesFile), keyed: kind === 'keyed' };
  if (kind === 'transactions') return produceInTransactions(client, target, count);
  if (kind === 'smallTransaction') return smallTransactions(client, target, count);
  return produce(client, target, count);
}

/** A reader would wait for a broker that has gone for ever, and no one would be there to end it. */
function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && process.exit(1), ASK_FOR_PARENT_EVERY_MS).unref();
}

endWithParent();
const result = await run(JSON.parse(process.argv[2] as string) as Job);
process.stdout.write(`${JSON.stringify(result)}\n`);
// A client whose timers linger after its close would hold up the rounds that follow.
process.exit(0);
