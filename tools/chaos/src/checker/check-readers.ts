import type { Findings } from './anomalies.ts';
import type { TaskState } from './check-changelog.ts';
import type { CountedHistory } from './history.ts';
import { QUERIES } from './queries.ts';

/** A topic that an application has to read. */
interface Reader {
  readonly application: string;
  readonly topic: string;
  /** What its tasks count the records as; undefined where the records themselves say. */
  readonly tally?: string;
}

/** As the product's design has them. What a run has left behind does not tell who else should have left something. */
const READERS: readonly Reader[] = [
  { application: 'parser', topic: 'sales-events', tally: 'parse' },
  { application: 'error-router', topic: 'error-events', tally: 'route' },
  ...QUERIES.map(({ application, input, name }) => ({ application, topic: input, tally: name })),
];

/** All other checks of tasks are of those that have left something behind: here each has to have. */
export function checkReaders(
  states: readonly TaskState[],
  history: CountedHistory,
  partials: readonly string[],
  findings: Findings,
): void {
  for (const reader of [...READERS, ...partials.map(readerOfPartials)]) {
    const { application, topic, tally } = reader;
    for (const partition of partitionsWithRecords(history, topic)) {
      if (states.some((state) => state.partition === partition && reads(state, reader))) continue;
      const what = tally === undefined ? 'reads it' : `has counted its records as ${tally}`;
      findings.add('unseen', `${topic}/${partition}: no task of ${application} ${what}`);
    }
  }
}

/** Each application reads its own. */
function readerOfPartials(topic: string): Reader {
  return { application: /^tidemark\.(.+)\.[^.]+\.partials$/.exec(topic)?.[1] ?? '', topic };
}

function reads(state: TaskState, { application, topic, tally }: Reader): boolean {
  const { inputs, tallies } = state.position;
  return state.application === application && topic in inputs && (tally === undefined || tally in tallies);
}

function partitionsWithRecords({ partitions }: CountedHistory, topic: string): number[] {
  return [...partitions.keys()].flatMap((name) => {
    const end = name.lastIndexOf('/');
    return name.slice(0, end) === topic ? [Number(name.slice(end + 1))] : [];
  });
}
