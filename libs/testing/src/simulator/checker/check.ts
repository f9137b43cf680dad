import type { Visit } from '../visits.ts';
import type { World } from '../world.ts';
import { checkCounts } from './check-counts.ts';
import { checkFlow } from './check-flow.ts';
import { checkPromised } from './check-promised.ts';
import { checkStored } from './check-stored.ts';
import { checkTotals } from './check-totals.ts';
import { checkWindows } from './check-windows.ts';

/** Tells a violation. */
export type Violate = (text: string) => void;

/** All that must hold once everything is read and quiet. Own code: it knows the formats, and nothing of the libs. */
export function checkResults(world: World, visits: readonly Visit[]): void {
  const violate = violateIn(world);
  checkFlow(world, visits, violate);
  checkTotals(world, visits, violate);
  checkWindows(world, visits, violate);
  checkPromised(world, violate);
  checkCounts(world, visits, violate);
  if (world.parameters.ending === 'drain') checkDone(world, violate);
}

/** A drain ends when every task has said that nothing more will come from it. */
function checkDone({ taskIds, history }: World, violate: Violate): void {
  const open = taskIds.filter((id) => history.tasks.get(id)?.last?.done !== true);
  if (open.length > 0) violate(`the drain has ended before ${open} were done`);
}

/** What must hold of changelogs and checkpoints once all processes have stopped. */
export function checkState(world: World): void {
  const violate = violateIn(world);
  if (world.log.hasOpenTransaction()) violate('a transaction is open after all have stopped');
  checkStored(world, violate);
}

function violateIn(world: World): Violate {
  return (text) => {
    world.trace.note(`violation ${text}`);
    world.violations.push(text);
  };
}
