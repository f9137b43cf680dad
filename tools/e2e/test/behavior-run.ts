import { type Behavior, expectedInterests, expectedRecommendations } from '../src/check/expected-behavior.ts';
import { generateBehavior } from '../src/check/generate-behavior.ts';
import { rowFaults } from '../src/check/rows.ts';
import { readTopic } from '../src/kcat/read-topic.ts';
import { assertNothingRefused, feedInTurn, type Run } from './run.ts';

/** Generated behavior, and what must come of it. */
export function behaviorRun(count: number): Run {
  const events: readonly Behavior[] = generateBehavior(count);
  const [interests, recommendations] = [expectedInterests(events), expectedRecommendations(events)];
  return {
    count,
    feed: (broker) =>
      feedInTurn(
        broker,
        'user-behavior',
        events.map((event) => JSON.stringify(event)),
      ),
    async assertResults(broker) {
      await assertNothingRefused(broker);
      const popular = await readTopic(broker, 'recommendations');
      expect(rowFaults('recommendations', recommendations, popular).slice(0, 5)).toEqual([]);
      expect(rowFaults('user-interests', interests, await readTopic(broker, 'user-interests')).slice(0, 5)).toEqual([]);
    },
  };
}
