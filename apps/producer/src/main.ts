import { createKafka } from '@tidemark/kafka';
import { hasCode, TidemarkError } from '@tidemark/schemas';
import { systemClock } from '@tidemark/stream';
import { CommanderError } from 'commander';
import { loadConfig } from './config.ts';
import { runProducer } from './run-producer.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

async function main(): Promise<void> {
  const config = loadConfig(process.argv.slice(2), process.env);
  const stop = new AbortController();
  // Once: a second signal, while the first is being obeyed, ends the process at once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const kafka = createKafka({ brokers: config.brokers, clientId: 'tidemark-producer' });
  const print = (line: string) => void process.stdout.write(`producer: ${line}\n`);
  await runProducer(config, { kafka, clock: systemClock, print, signal: stop.signal });
}

/** Commander has told its own errors and the help text already. */
function exitCodeFor(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  // A known failure has a message for people; for anything else the stack trace is what helps.
  process.stderr.write(`${error instanceof TidemarkError ? error.message : String((error as Error).stack)}\n`);
  return hasCode(error, 'TM_CONFIG_INVALID') ? EXIT_USAGE : EXIT_FAILED;
}

// Until it has ended: Node ends, and well, as soon as nothing can happen any more.
process.exitCode = EXIT_FAILED;
void main()
  .then(() => 0, exitCodeFor)
  .then((exitCode) => {
    process.exitCode = exitCode;
  });
