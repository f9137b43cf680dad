import type { StopOutcome } from '../processes/stop-child.ts';
import { MAX_COLUMNS } from '../tables/layout.ts';
import type { Colors } from './colors.ts';
import type { Screen } from './screen.ts';
import { wrap } from './wrap.ts';

const NAME_COLUMNS = 18;
/** Two in front of the name, two behind it. */
const INDENT = NAME_COLUMNS + 4;

/** What happens, told in lines: who, then what. */
export interface Narrator {
  readonly screen: Screen;
  readonly colors: Colors;
  /** `  parser              ready (1.2 s)` */
  tell(who: string, what: string): void;
  /** The same, as something that needs a look. */
  warn(who: string, what: string): void;
  title(text: string): void;
}

export function createNarrator(screen: Screen, colors: Colors): Narrator {
  return {
    screen,
    colors,
    tell: (who, what) => screen.print(toLines(who, what).join('\n')),
    warn: (who, what) => screen.print(toLines(who, what).map(colors.bad).join('\n')),
    title: (text) => screen.print(colors.title(text)),
  };
}

/** What does not fit beside the name goes on below, so that no line is wider than 80 columns. */
function toLines(who: string, what: string): string[] {
  const lines = wrap(what, MAX_COLUMNS - INDENT);
  return lines.map((line, index) => `  ${(index === 0 ? who : '').padEnd(NAME_COLUMNS)}  ${line}`);
}

/** Splits the stack's own progress texts, such as `Kafka: ready (2.9 s)`. */
export function tellStack(narrator: Narrator, text: string): void {
  const [, who = '', what = text] = /^([\w -]{1,18}): (.*)$/s.exec(text) ?? [];
  narrator.tell(who, what);
}

const OUTCOMES: Record<StopOutcome, string> = {
  stopped: 'stopped',
  failed: 'stopped, but not in order: see its log',
  killed: 'did not stop in time and was killed',
};

/** How a process ended that was stopped. */
export function tellStopped({ tell, warn }: Narrator, name: string, outcome: StopOutcome): void {
  (outcome === 'stopped' ? tell : warn)(name, OUTCOMES[outcome]);
}
