import { ManifestBoard } from '../manifest/manifest-board.ts';
import type { StagePlan } from '../task/task-plan.ts';
import { sourceTasksOf } from './source-tasks.ts';

type Changes = Partial<Pick<StagePlan, 'inputs' | 'externalInputs' | 'assigned' | 'taskPartitions'>>;

/** A stage that reads topics that nobody of ours writes, as far as event time asks for. */
function siblingsOf(changes: Changes): readonly string[] {
  const plan = {
    ...{ application: 'app', stage: { name: 'combine', hasEventTime: true }, upstreamStages: [] },
    ...{ externalInputs: new Set([...changes.inputs!.keys()]), assigned: undefined, ...changes },
  };
  return sourceTasksOf(plan as unknown as StagePlan, new ManifestBoard())!.siblings;
}

test('all tasks that read something from outside speak of its event time', () => {
  const inputs = new Map([['visits', 2], ['calls', 1]]); // prettier-ignore
  expect(siblingsOf({ inputs, taskPartitions: [0, 1] })).toEqual(['app/combine/0', 'app/combine/1']);
});

test('a task that reads only what another stage writes has nothing to say, and is not waited for', () => {
  const inputs = new Map([['cleaned', 3], ['calls', 1]]); // prettier-ignore
  expect(siblingsOf({ inputs, externalInputs: new Set(['calls']), taskPartitions: [0, 1, 2] })).toEqual([
    'app/combine/0',
  ]);
  expect(siblingsOf({ inputs, externalInputs: new Set(), taskPartitions: [0, 1, 2] })).toEqual([]);
});

test('the same where the partition is there and not assigned', () => {
  const inputs = new Map([['cleaned', 2], ['calls', 2]]); // prettier-ignore
  const assigned = new Map([['cleaned', new Set([0, 1])], ['calls', new Set([1])]]); // prettier-ignore
  const given = { inputs, externalInputs: new Set(['calls']), assigned, taskPartitions: [0, 1] };
  expect(siblingsOf(given)).toEqual(['app/combine/1']);
});
