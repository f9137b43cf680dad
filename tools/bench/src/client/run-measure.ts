import type { BenchContext } from '../run/context.ts';
import type { ClientBenchOptions } from './client-bench.ts';
import type { Figures } from './client-report.ts';
import type { JobResult } from './jobs/job.ts';
import { CLIENT_TITLES, type ClientName, type Measure, type MeasureName, MEASURES } from './measures.ts';
import { type JobRunner, runJob } from './run-job.ts';
import type { ScratchTopics } from '../kafka/scratch-topics.ts';

export interface MeasureRun {
  readonly context: BenchContext;
  readonly options: ClientBenchOptions;
  readonly runner: JobRunner;
  readonly topics: ScratchTopics;
}

/** KafkaJS needs a quarter of a second for each. */
const SMALL_TRANSACTIONS = 40;

/** Rounds of one measure, all clients once per round, so that what else the machine does meets each of them. */
export async function runMeasure(run: MeasureRun, name: MeasureName): Promise<Figures> {
  const measure = MEASURES[name];
  const clients = measure.clients.filter((client) => client !== 'java' || run.runner.javaTools !== undefined);
  run.context.print(`\n${measure.title}`);
  return isReading(measure) ? readRounds(run, measure, clients) : writeRounds(run, measure, clients);
}

function isReading({ kind }: Measure): boolean {
  return kind === 'read' || kind === 'parse';
}

/** Each job writes to a topic of its own. */
async function writeRounds(run: MeasureRun, measure: Measure, clients: readonly ClientName[]): Promise<Figures> {
  const { kind } = measure;
  const count = kind === 'smallTransaction' ? SMALL_TRANSACTIONS : run.options.records;
  // The broker's own compilers get their work done before anybody is measured.
  await writeTopic(run, measure, 'ours', count);
  return rounds(run, measure, clients, (client) => writeTopic(run, measure, client, count));
}

async function writeTopic(
  { runner, topics }: MeasureRun,
  { kind }: Measure,
  client: ClientName,
  count: number,
): Promise<JobResult> {
  const topic = await topics.create();
  const result = await runJob(runner, { client, kind, topic, count });
  const size = await topics.size(topic);
  if (size < count) throw new Error(`${client} was to write ${count} records, and there are ${size}`);
  await topics.remove(topic);
  return result;
}

/** All jobs read the same topic, written by a client that is not the one under test. */
async function readRounds(run: MeasureRun, measure: Measure, clients: readonly ClientName[]): Promise<Figures> {
  const { runner, topics, options } = run;
  const topic = await topics.create();
  await runJob(runner, { client: 'stock', kind: 'keyed', topic, count: options.records });
  const checksums = new Map<string, ClientName>();
  const figures = await rounds(run, measure, clients, async (client) => {
    const result = await runJob(runner, { client, kind: measure.kind, topic, count: options.records });
    if (result.checksum !== undefined) checksums.set(result.checksum, client);
    return result;
  });
  await topics.remove(topic);
  if (checksums.size > 1) throw new Error(`clients have read different things: ${describe(checksums)}`);
  return figures;
}

function describe(checksums: ReadonlyMap<string, ClientName>): string {
  return [...checksums].map(([checksum, client]) => `${client} ${checksum}`).join(', ');
}

/** A B C, A B C, and so on. */
async function rounds(
  { context, options }: MeasureRun,
  { unit }: Measure,
  clients: readonly ClientName[],
  measureOnce: (client: ClientName) => Promise<JobResult>,
): Promise<Figures> {
  const figures = new Map<ClientName, number[]>(clients.map((client) => [client, []]));
  for (let round = 1; round <= options.rounds; round++) {
    for (const client of clients) {
      const { figure, note = '' } = await measureOnce(client);
      figures.get(client)?.push(figure);
      const shown = unit === 'ms' ? figure.toFixed(1) : Math.round(figure).toLocaleString('en');
      context.print(
        `  ${round}/${options.rounds}  ${CLIENT_TITLES[client].padEnd(20)} ${shown.padStart(9)} ${unit}  ${note}`.trimEnd(),
      );
    }
  }
  return Object.fromEntries(figures);
}
