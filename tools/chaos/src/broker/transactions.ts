import { ask } from '@tidemark/e2e';
import { flexibleReader, flexibleTexts } from './flexible.ts';

/** A transaction that is open. */
export interface OpenTransaction {
  readonly transactionalId: string;
  /** When it began, epoch ms. */
  readonly startMs: number;
}

const DESCRIBE_TRANSACTIONS = { key: 65, version: 0 };
const LIST_TRANSACTIONS = { key: 66, version: 0 };
const NO_TAGS = Buffer.from([0]);
const NO_PRODUCERS = Buffer.from([1]);
const MOST_DESCRIBED = 100;
const ONGOING = 'Ongoing';

/**
 * Asks the broker which transactions are open now: begun, with partitions, and not yet decided (KIP-664).
 * @param broker `host:port`
 * @throws Error when it does not answer
 */
export async function openTransactions(broker: string): Promise<OpenTransaction[]> {
  const ids = (await listOngoing(broker)).slice(0, MOST_DESCRIBED);
  return ids.length === 0 ? [] : describe(broker, ids);
}

async function listOngoing(broker: string): Promise<string[]> {
  const body = Buffer.concat([NO_TAGS, flexibleTexts([ONGOING]), NO_PRODUCERS, NO_TAGS]);
  const answer = flexibleReader(await ask(broker, LIST_TRANSACTIONS, body));
  answer.tags();
  answer.int32(); // throttle time
  const error = answer.int16();
  if (error !== 0) throw new Error(`ListTransactions: error ${error}`);
  answer.list(() => answer.text()); // filters that it does not know
  return answer.list(() => {
    const id = answer.text();
    answer.int64(); // producer id
    answer.text(); // state
    answer.tags();
    return id;
  });
}

async function describe(broker: string, ids: readonly string[]): Promise<OpenTransaction[]> {
  const body = Buffer.concat([NO_TAGS, flexibleTexts(ids), NO_TAGS]);
  const answer = flexibleReader(await ask(broker, DESCRIBE_TRANSACTIONS, body));
  answer.tags();
  answer.int32(); // throttle time
  const states = answer.list(() => {
    answer.int16(); // error: it may be over by now
    const [transactionalId, state] = [answer.text(), answer.text()];
    answer.int32(); // time-out
    const startMs = answer.int64();
    answer.int64(); // producer id
    answer.int16(); // epoch
    answer.list(() => {
      answer.text();
      answer.list(() => answer.int32());
      answer.tags();
    });
    answer.tags();
    return { transactionalId, state, startMs };
  });
  return states.filter(({ state }) => state === ONGOING);
}
