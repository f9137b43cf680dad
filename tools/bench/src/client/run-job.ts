import { join } from 'node:path';
import type { KafkaTools } from '@tidemark/stack';
import { produceWithJava, readWithJava } from '../java/perf-tools.ts';
import { outputOf } from '../processes/run-command.ts';
import type { JobKind, JobResult } from './jobs/job.ts';
import type { ClientName } from './measures.ts';

/** What all jobs of a run share. */
export interface JobRunner {
  readonly rootDir: string;
  readonly brokers: string;
  readonly valuesFile: string;
  /** undefined where they cannot be had. */
  readonly javaTools: KafkaTools | undefined;
  readonly signal: AbortSignal;
}

export interface JobRequest {
  readonly client: ClientName;
  readonly kind: JobKind;
  readonly topic: string;
  readonly count: number;
}

const JOB_MAIN = 'tools/bench/src/client/jobs/main.ts';

/** A client that stalls must not hold up the bench for ever: even 10,000 records/s would do for 6 million in that time. */
const JOB_DEADLINE_MS = 600_000;

/** Runs one client's part of one round in a process of its own. @throws Error with what the process said */
export async function runJob(runner: JobRunner, request: JobRequest): Promise<JobResult> {
  const deadline = AbortSignal.timeout(JOB_DEADLINE_MS);
  const bounded = { ...runner, signal: AbortSignal.any([runner.signal, deadline]) };
  try {
    return await (request.client === 'java' ? runJava(bounded, request) : runNode(bounded, request));
  } catch (error) {
    const why = deadline.aborted ? `had not ended after ${JOB_DEADLINE_MS / 60_000} minutes` : 'failed';
    throw new Error(`${request.client}, ${request.kind}: ${why}: ${(error as Error).message}`, { cause: error });
  }
}

async function runNode(runner: JobRunner, request: JobRequest): Promise<JobResult> {
  const { rootDir, brokers, valuesFile, signal } = runner;
  const job = JSON.stringify({ ...request, brokers, valuesFile });
  const output = await outputOf({ command: process.execPath, args: [join(rootDir, JOB_MAIN), job], signal });
  return JSON.parse(output.trimEnd().split('\n').at(-1) as string) as JobResult;
}

async function runJava(runner: JobRunner, request: JobRequest): Promise<JobResult> {
  const { javaTools, brokers, valuesFile, signal } = runner;
  if (javaTools === undefined) throw new Error("Java's tools are not there");
  const run = { tools: javaTools, brokers, topic: request.topic, records: request.count, signal };
  return { figure: await (request.kind === 'read' ? readWithJava(run) : produceWithJava(run, valuesFile)) };
}
