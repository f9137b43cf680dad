/** What a server says of each name; a request that cannot be answered for one of them fails for all. */
export type Ask<T> = (names: readonly string[]) => Promise<ReadonlyMap<string, T>>;

/**
 * Asks in few requests what callers ask one by one: at most one request is under way, and all that is asked meanwhile goes
 * into the next. So an answer is always of a request that was sent after its call. When one that names several fails, each
 * of them is asked for alone, and every caller gets its own error.
 * @returns undefined for a name that the answer does not hold
 */
export function askTogether<T>(ask: Ask<T>): (name: string) => Promise<T | undefined> {
  type Waiting = ReadonlyMap<string, PromiseWithResolvers<T | undefined>>;
  let next = new Map<string, PromiseWithResolvers<T | undefined>>();
  let isAsking = false;

  async function answer(round: Waiting): Promise<void> {
    try {
      const answers = await ask([...round.keys()]);
      for (const [name, { resolve }] of round) resolve(answers.get(name));
    } catch (error) {
      if (round.size === 1) for (const { reject } of round.values()) reject(error);
      else for (const alone of round) await answer(new Map([alone]));
    }
  }

  async function askAll(): Promise<void> {
    isAsking = true;
    await undefined; // all that is asked in this moment goes into the first request
    while (next.size > 0) {
      const round = next;
      next = new Map();
      await answer(round);
    }
    isAsking = false;
  }

  return (name) => {
    const waiting = next.get(name) ?? Promise.withResolvers<T | undefined>();
    next.set(name, waiting);
    if (!isAsking) void askAll();
    return waiting.promise;
  };
}
