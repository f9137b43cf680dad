import { styleText } from 'node:util';

/** Colours of what is printed; each gives the text unchanged where there are to be none. */
export interface Colors {
  readonly title: (text: string) => string;
  readonly bad: (text: string) => string;
}

/** Colours for a terminal; none elsewhere, and none when NO_COLOR is set (https://no-color.org). */
export function createColors(stream: { readonly isTTY?: boolean }, env: { readonly NO_COLOR?: string }): Colors {
  const isColored = stream.isTTY === true && !env.NO_COLOR;
  const style = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    isColored ? styleText(format, text, { validateStream: false }) : text;
  return { title: style('bold'), bad: style('red') };
}
