import { MAX_COLUMNS } from '../tables/layout.ts';

/** Where the launcher prints. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** Lines that stay, and below them one block that is drawn again and again. */
export interface Screen {
  print(line: string): void;
  /** On a terminal that is large enough it takes the place of the block before; elsewhere it is printed below it. */
  showBlock(lines: readonly string[]): void;
  /** Leaves the block where it is, and starts below it. */
  keepBlock(): void;
  /** Whether blocks take each other's place. */
  readonly isLive: boolean;
  /** Lines of the terminal; undefined where there is none. */
  readonly height: number | undefined;
}

/** Cursor up by so many lines, to the first column, clear all below. */
const eraseLines = (count: number): string => (count === 0 ? '' : `\x1b[${count}A\r\x1b[0J`);
const toText = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

export function createScreen(output: Output): Screen {
  let block: readonly string[] = [];
  const isLive = () => output.isTTY === true && (output.columns ?? 0) >= MAX_COLUMNS;
  const fits = (lines: readonly string[]) => lines.length < (output.rows ?? 0);

  return {
    print(line) {
      output.write(`${eraseLines(block.length)}${line}\n${toText(block)}`);
    },
    showBlock(lines) {
      const erased = eraseLines(block.length);
      // What has scrolled out of sight cannot be drawn again.
      block = isLive() && fits(lines) ? lines : [];
      output.write(`${erased}${toText(lines)}`);
    },
    keepBlock() {
      block = [];
    },
    get isLive() {
      return isLive();
    },
    get height() {
      return output.isTTY ? output.rows : undefined;
    },
  };
}
