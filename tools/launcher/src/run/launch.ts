import { STOP_REQUESTED, type LaunchContext } from './context.ts';
import { runLive } from './run-live.ts';
import { runOnce } from './run-once.ts';
import { setUp } from './set-up.ts';

/**
 * Sets up, runs, and takes down again whatever this run has started, however it ends.
 * @returns whether all ended in order
 * @throws TidemarkError what ended the run early
 */
export async function launch(context: LaunchContext): Promise<boolean> {
  const { narrator, cleanup } = context;
  const failure = await failureOf(run(context));
  // From here on what workers say is of no concern to those who wait for an answer.
  context.end.abort(STOP_REQUESTED);
  narrator.screen.keepBlock();
  narrator.screen.print('');
  narrator.title(failure === undefined ? 'Stopping' : 'Stopping because of an error');
  const isClean = await cleanup.run();
  if (failure !== undefined) throw failure;
  return isClean;
}

async function run(context: LaunchContext): Promise<void> {
  const pipeline = await setUp(context);
  await (context.config.once ? runOnce : runLive)(context, pipeline);
}

/** undefined for a run that ended because it was through, or because the user wanted it to. */
async function failureOf(running: Promise<void>): Promise<unknown> {
  try {
    await running;
    return undefined;
  } catch (error) {
    return error === STOP_REQUESTED ? undefined : error;
  }
}
