import fc from 'fast-check';
import { createChance } from './chance.ts';
import { drawDuet } from './duet.ts';
import { drawParameters, type Parameters } from './parameters.ts';

const AT_MS = 18_000;
const IDLE_MS = 5_000;

function parametersWith(settings: Partial<Parameters>, visits: number, calls: number): Parameters {
  const any = drawParameters(1);
  return { ...any, idleTimeoutMs: IDLE_MS, ...settings, partitions: { ...any.partitions, visits, calls } };
}

function partnersOf(parameters: Parameters, seed = 1): readonly number[] {
  const { visits, calls } = parameters.partitions;
  const rhythms = drawDuet(createChance(seed, 1), visits + calls, parameters, AT_MS);
  return rhythms.flatMap(({ pauses }, source) => (pauses.length > 0 ? [source] : []));
}

test.each([
  ['two partitions of the only topic', { isChain: true }, 3, 0, [0, 1]],
  ['two inputs of the cleaner, where it reads the calls', { isChain: true, callsGoTo: 'first worker' }, 3, 2, [0, 3]],
  ['two inputs of the counter, where there is no chain', { isChain: false, callsGoTo: 'counter' }, 2, 1, [0, 2]],
  ['two partitions, where the counter reads the calls of a chain', { isChain: true, callsGoTo: 'counter' }, 2, 1, [0, 1]], // prettier-ignore
] as const)('%s are idle together', (_what, settings, visits, calls, wanted) => {
  expect(partnersOf(parametersWith(settings, visits, calls))).toEqual(wanted);
});

test('both are idle when the first one speaks far ahead, and the second one follows behind where all were before that', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const [first, second] = drawDuet(createChance(seed, 1), 3, parametersWith({}, 3, 0), AT_MS);
      for (const { pauses, steadyMs } of [first!, second!]) {
        const [{ fromMs, toMs }] = pauses as [{ fromMs: number; toMs: number }];
        // It gives its last event just before the pause, and the next one at its end.
        expect(steadyMs).toEqual([fromMs - 1, toMs]);
        expect(AT_MS - fromMs).toBeGreaterThan(IDLE_MS);
      }
      const [firstMs, secondMs] = [first!.pauses[0]!.toMs, second!.pauses[0]!.toMs];
      expect(firstMs).toBe(AT_MS);
      expect(secondMs).toBeGreaterThan(firstMs);
      expect(secondMs - second!.back!.behindMs).toBeLessThan(firstMs);
      expect(first!.back!.leadMs).toBeGreaterThan(second!.back!.leadMs);
    }),
  );
});

test('all others give events that are live, and none just when the first one speaks', () => {
  const rhythms = drawDuet(createChance(1, 1), 4, parametersWith({}, 4, 0), AT_MS).slice(2);
  for (const { pauses, isLive, steadyMs } of rhythms) {
    expect({ pauses, isLive }).toEqual({ pauses: [], isLive: true });
    expect(steadyMs.length).toBeGreaterThan(5);
    expect(steadyMs.filter((ms) => ms >= AT_MS && ms < AT_MS + 1_000)).toEqual([]);
  }
});
