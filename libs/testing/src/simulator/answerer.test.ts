import { drawParameters, eventTopicsOf, type Parameters } from './parameters.ts';
import { createTopologies, upstreamOf } from './topologies.ts';
import { createWorld } from './world.ts';

const runs = Array.from({ length: 3_000 }, (_, index) => drawParameters(index + 1));
const answering = runs.filter(({ answerer }) => answerer !== undefined);

test('half of the chains whose first worker would read calls have an answerer, many of which start late', () => {
  const others = runs.filter(({ isChain, partitions, callsGoTo, duet }) => {
    return isChain && partitions.calls > 0 && callsGoTo === 'first worker' && duet === undefined;
  });
  expect(answering.length / (answering.length + others.length)).toBeCloseTo(0.5, 1);
  expect(answering.every(({ isChain, partitions }) => isChain && partitions.calls > 0)).toBe(true);
  const late = answering.filter(({ answerer }) => answerer!.delayMs > 0);
  expect(late.length).toBeGreaterThan(answering.length / 2);
});

test.each(answering.slice(0, 5).map((parameters) => [parameters.seed, parameters] as const))(
  'seed %i: it alone reads the calls, and the counter waits for what it writes',
  async (_seed, parameters: Parameters) => {
    expect(createTopologies(parameters).map(({ worker }) => worker)).toEqual(['cleaner', 'answerer', 'counter']);
    const readers = (['first worker', 'answerer', 'counter'] as const).map((name) => eventTopicsOf(name, parameters));
    expect(readers).toEqual([['visits'], ['calls'], []]);
    expect(upstreamOf('answered', parameters)).toBe('answerer/clean');
    const { taskIds, log } = await createWorld(parameters);
    const own = taskIds.filter((id) => id.startsWith('answerer/clean/'));
    expect(own).toHaveLength(parameters.partitions.calls);
    expect([...(await log.admin.partitionCounts(['answered'])).values()]).toEqual([parameters.answerer!.answered]);
  },
);
