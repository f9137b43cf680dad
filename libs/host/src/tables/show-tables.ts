import type { StateRow } from '@tidemark/window-state';
import type { ConsoleTable } from './console-table.ts';
import { renderTable } from './render-table.ts';

/** Shows tables as they change. */
export interface TableShow {
  /** Prints each table whose content is another than when it was last printed. */
  show(): void;
}

/** @param state all rows that this process owns, as committed */
export function createTableShow(
  tables: readonly ConsoleTable[],
  state: () => readonly StateRow[],
  print: (text: string) => void,
): TableShow {
  const printed = new Map<ConsoleTable, string>();
  return {
    show() {
      if (tables.length === 0) return;
      const rows = state();
      for (const table of tables) {
        const lines = table.rows(rows);
        const text = renderTable(table, lines);
        // A worker that just started has nothing to show, and says nothing.
        if (text === printed.get(table) || (lines.length === 0 && !printed.has(table))) continue;
        printed.set(table, text);
        print(`${text}\n`);
      }
    },
  };
}
