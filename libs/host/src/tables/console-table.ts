import type { StateRow } from '@tidemark/window-state';

export type Cell = string | number;

/** A table of committed state, for people at a terminal. */
export interface ConsoleTable {
  readonly title: string;
  readonly columns: readonly string[];
  /** The lines to show, in order, of all rows of state that this process owns. */
  readonly rows: (state: readonly StateRow[]) => readonly (readonly Cell[])[];
}
