import { whenAborted } from '../processes/abort.ts';
import { withoutPassword } from '../setup/prepare-stack.ts';
import { counted } from '../tables/format.ts';
import type { LaunchContext } from './context.ts';
import { display } from './display.ts';
import type { Pipeline } from './set-up.ts';
import { producerFailure, startProducer } from './start-producer.ts';

/** Shows what happens until the user, or an error, ends it. @throws the reason of the end */
export async function runLive(context: LaunchContext, pipeline: Pipeline): Promise<never> {
  tellAddresses(context, pipeline);
  const displayed = display(context, pipeline);
  if (context.config.demo) await sendDemo(context, pipeline);
  else context.narrator.tell('producer', 'none: feed sales-events and user-behavior yourself');
  await whenAborted(context.end.signal);
  await displayed;
  context.narrator.screen.keepBlock();
  throw context.end.signal.reason;
}

/** Where all that is served can be found. */
function tellAddresses({ narrator: { screen, tell, title } }: LaunchContext, { stack, workers }: Pipeline): void {
  screen.print('');
  title('Served');
  for (const { name, url } of workers.flat()) tell(name, `${url}  /livez /readyz /metrics /progress`);
  for (const { name, address } of stack.servers) tell(name, withoutPassword(address));
  tell('logs', '.tidemark/logs');
  tell('Ctrl-C', 'stops everything');
}

/** Starts the demo events; their end is told, and leaves the pipeline up. */
async function sendDemo(context: LaunchContext, { stack }: Pipeline): Promise<void> {
  const { config, narrator, end } = context;
  if (!config.demo) return;
  const { sales } = config.demo;
  narrator.tell('producer', `sends ${Number.isFinite(sales) ? counted(sales, 'sale') : 'sales without end'}`);
  const producer = startProducer(context, stack, config.demo);
  void producer.exited.then((exit) => {
    const failure = producerFailure(producer, exit);
    if (end.signal.aborted) return;
    if (failure) narrator.warn('producer', failure.message);
    else tellMoreEvents(context);
  });
}

function tellMoreEvents({ narrator: { screen, tell } }: LaunchContext): void {
  tell('producer', 'all demo events are sent; the pipeline stays up for more:');
  screen.print('    node tools/bootstrap.mjs apps/producer/src/main.ts --events 100');
}
