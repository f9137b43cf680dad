import type { OperateCommand } from '../config.ts';
import type { Connections } from '../connect.ts';
import { grow, reprocessFrom, reset } from './state.ts';
import { createSavepoint, deleteStored, diffWith, printSavepoints, restoreAs } from './savepoint.ts';

/** Where what a command has to say goes, line by line. */
export type Print = (line: string) => void;

/** @returns the exit code */
export async function runCommand(command: OperateCommand, connections: Connections, print: Print): Promise<number> {
  if (command.kind === 'create') await createSavepoint(command, connections, print);
  else if (command.kind === 'list') await printSavepoints(connections, print);
  else if (command.kind === 'restore') await restoreAs(command, connections, print);
  else if (command.kind === 'diff') await diffWith(command, connections, print);
  else if (command.kind === 'delete') await deleteStored(command, connections, print);
  else if (command.kind === 'reprocess') await reprocessFrom(command, connections, print);
  else if (command.kind === 'grow') await grow(command, connections, print);
  else return reset(command, connections, print);
  return 0;
}
