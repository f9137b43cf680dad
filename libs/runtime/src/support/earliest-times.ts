/** Times by name, epoch ms. */
export type Times = Readonly<Record<string, number>>;

/** What all have reached: the earliest time of each name that all of them know. */
export function earliestTimes(times: readonly Times[]): Times {
  const [first = {}, ...others] = times;
  const inAll = Object.keys(first).filter((name) => others.every((each) => name in each));
  return Object.fromEntries(inAll.map((name) => [name, Math.min(...times.map((each) => each[name]!))]));
}
