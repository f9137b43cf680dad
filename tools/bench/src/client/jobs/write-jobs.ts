import { median } from '../../report/statistics.ts';
import type { BenchClient, Target, Transactor } from '../clients/client.ts';
import { BATCH_RECORDS, TRANSACTION_RECORDS } from '../../workload/workload.ts';
import type { JobResult } from './job.ts';

/** Transactions that are not measured: connecting, and the compilers' work. */
const WARM_UP_TRANSACTIONS = 5;

/** One batch after another; connecting is part of it, as it is for Java's tool. */
export async function produce(client: BenchClient, target: Target, count: number): Promise<JobResult> {
  const startMs = performance.now();
  const producer = await client.producer(target);
  for (const [from, size] of parts(0, count, BATCH_RECORDS)) await producer.send(from, size);
  const result = { figure: perSecond(count, performance.now() - startMs) };
  await producer.close();
  return result;
}

/** The same in transactions of 20,000 records, two batches each. */
export async function produceInTransactions(client: BenchClient, target: Target, count: number): Promise<JobResult> {
  const startMs = performance.now();
  const transactor = await openTransactor(client, target);
  for (const [from, size] of parts(0, count, TRANSACTION_RECORDS)) await runTransaction(transactor, from, size);
  const result = { figure: perSecond(count, performance.now() - startMs) };
  await transactor.close();
  return result;
}

/** One record per transaction, one after another. @returns the median of a transaction, ms */
export async function smallTransactions(client: BenchClient, target: Target, count: number): Promise<JobResult> {
  const transactor = await openTransactor(client, target);
  const durations: number[] = [];
  for (let i = 0; i < WARM_UP_TRANSACTIONS + count; i++) {
    const startMs = performance.now();
    await runTransaction(transactor, i, 1);
    if (i >= WARM_UP_TRANSACTIONS) durations.push(performance.now() - startMs);
  }
  await transactor.close();
  const meanMs = durations.reduce((sum, ms) => sum + ms, 0) / durations.length;
  return { figure: median(durations), note: `mean ${meanMs.toFixed(1)} ms` };
}

async function runTransaction(transactor: Transactor, from: number, count: number): Promise<void> {
  const transaction = await transactor.begin();
  for (const [start, size] of parts(from, count, BATCH_RECORDS)) await transaction.send(start, size);
  await transaction.commit();
}

async function openTransactor(client: BenchClient, target: Target): Promise<Transactor> {
  if (client.transactor === undefined) throw new Error('this client is not measured in transactions');
  return client.transactor(target);
}

function* parts(from: number, count: number, size: number): Generator<[from: number, count: number]> {
  for (let done = 0; done < count; done += size) yield [from + done, Math.min(size, count - done)];
}

function perSecond(count: number, ms: number): number {
  return (count / ms) * 1_000;
}
