import { fork } from 'node:child_process';
import { addSummaries, type SimulationSummary } from '@tidemark/testing';
import type { SimulateOptions } from './config.ts';

/**
 * Shares the seeds out over processes.
 * @param script what a process runs with `--from`, `--seeds` and `--step`; it sends summaries
 * @param onProgress told of all that is done so far
 * @throws Error when a process ends before its share is done
 */
export async function runJobs(
  script: string,
  { from, seeds, jobs }: Extract<SimulateOptions, { kind: 'many' }>,
  onProgress: (summary: SimulationSummary) => void,
): Promise<SimulationSummary> {
  let all: SimulationSummary | undefined;
  const share = (job: number) =>
    new Promise<void>((resolve, reject) => {
      const args = ['--from', String(from + job), '--seeds', String(seeds - job), '--step', String(jobs)];
      const child = fork(script, args);
      child.on('message', (message) => {
        const summary = message as SimulationSummary;
        all = all === undefined ? summary : addSummaries(all, summary);
        onProgress(all);
      });
      child.on('error', reject);
      child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`process ${job + 1} ended with ${code}`))));
    });
  await Promise.all(Array.from({ length: jobs }, (_, job) => share(job)));
  return all!;
}
