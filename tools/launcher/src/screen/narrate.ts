import type { StopOutcome } from '../processes/stop-child.ts';
import type { Colors } from './colors.ts';
import type { Screen } from './screen.ts';

const NAME_COLUMNS = 18;

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
  const line = (who: string, what: string) => `  ${who.padEnd(NAME_COLUMNS)}  ${what}`;
  return {
    screen,
    colors,
    tell: (who, what) => screen.print(line(who, what)),
    warn: (who, what) => screen.print(colors.bad(line(who, what))),
    title: (text) => screen.print(colors.title(text)),
  };
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
