import { topics } from '@tidemark/schemas';
import { ManualClock, MemoryLog } from '@tidemark/stream';
import { warnOfUnseen } from './state.ts';

const { topic } = topics.manifests;

test('of applications that are in no group it is told that nobody sees them', async () => {
  const clock = new ManualClock(0);
  const log = new MemoryLog({ clock });
  await log.admin.createTopics([{ topic, partitions: 1, config: {} }]);
  const record = (application: string, assigned?: object) => ({ key: `${application}/s`, value: JSON.stringify({ application, stage: 's', tasks: 3, inputs: { visits: 3 }, outputs: {}, assigned }) }); // prettier-ignore
  log.append(topic, 0, [record('grouped'), record('assigned', { visits: [0, 2] }), record('other', { visits: [1] })]);
  const ports = { reader: log.reader(), admin: log.admin, clock, producers: log.producers, newIncarnation: () => 'i' };
  const lines: string[] = [];
  await warnOfUnseen(
    ({ application }) => application !== 'other',
    ports,
    (line) => void lines.push(line),
  );
  expect(lines).toEqual([expect.stringMatching(/^assigned reads .*SOURCE_ASSIGN.*Stop all of it first/)]);
});
