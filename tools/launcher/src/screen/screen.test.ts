import { createScreen } from './screen.ts';

const UP_AND_CLEAR = (count: number) => `\x1b[${count}A\r\x1b[0J`;

function open(terminal: { isTTY?: boolean; columns?: number; rows?: number }) {
  const written: string[] = [];
  const screen = createScreen({ ...terminal, write: (text) => written.push(text) });
  return { screen, written };
}

test('on a terminal a block takes the place of the one before, and lines go above it', () => {
  const { screen, written } = open({ isTTY: true, columns: 80, rows: 24 });
  screen.showBlock(['a', 'b']);
  screen.showBlock(['c']);
  screen.print('died');
  screen.keepBlock();
  screen.print('bye');
  expect(written).toEqual(['a\nb\n', `${UP_AND_CLEAR(2)}c\n`, `${UP_AND_CLEAR(1)}died\nc\n`, 'bye\n']);
});

test.each([
  ['no terminal', {}],
  ['a terminal that is too narrow', { isTTY: true, columns: 79, rows: 24 }],
  ['a terminal that is too low', { isTTY: true, columns: 80, rows: 2 }],
])('%s: blocks are printed one below the other', (_what, terminal) => {
  const { screen, written } = open(terminal);
  screen.showBlock(['a', 'b']);
  screen.print('died');
  screen.showBlock(['c', 'd']);
  expect(written).toEqual(['a\nb\n', 'died\n', 'c\nd\n']);
});
