import { TidemarkError } from '@tidemark/schemas';
import type { Stack } from '@tidemark/stack';
import type { DemoConfig } from '../config.ts';
import { type Child, describeExit, type Exit, startChild } from '../processes/child.ts';
import { describeLogLine } from '../processes/log-line.ts';
import { stopChild } from '../processes/stop-child.ts';
import { tellStopped } from '../screen/narrate.ts';
import { emptyLog } from '../setup/empty-log.ts';
import { appScript } from '../workers.ts';
import type { LaunchContext } from './context.ts';

const NAME = 'producer';

/** Starts the demo events. @param onLine gets what it says of its progress */
export function startProducer(
  context: LaunchContext,
  stack: Stack,
  demo: DemoConfig,
  onLine: (line: string) => void = () => {},
): Child {
  const { narrator, cleanup, env, rootDir, logDir, hurry } = context;
  const child = startChild({
    script: appScript(NAME),
    args: demo.args,
    env: { ...env, KAFKA_BROKERS: stack.kafkaBrokers },
    cwd: rootDir,
    logFile: emptyLog(logDir, NAME),
    onOutLine: (line) => onLine(line.replace(/^producer: /, '')),
  });
  cleanup.add(NAME, async () => {
    if (!child.isRunning) return true;
    const outcome = await stopChild(child, hurry);
    tellStopped(narrator, NAME, outcome);
    return outcome === 'stopped';
  });
  return child;
}

/** What to say of a producer that did not send all that it should; undefined when it did. */
export function producerFailure({ lastLines }: Child, exit: Exit): TidemarkError | undefined {
  if (exit.code === 0) return undefined;
  const said = lastLines.map((line) => describeLogLine(line)).filter((line) => line !== undefined);
  const why = said.length > 0 ? `: ${said.join('\n    ')}` : '';
  return new TidemarkError('TM_PROCESS_FAILED', `the producer ended early (${describeExit(exit)})${why}`);
}
