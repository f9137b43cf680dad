import { kafkaSettings, toPropertiesText } from './settings.ts';
import { chosenKafkaVersion, KAFKA_VERSION, TESTED_KAFKA_VERSIONS } from './version.ts';

const PLACE = { listener: 'a:1', advertised: 'a:1', controller: 'a:2', logDir: '/data' };
const shareSettings = (version: string) =>
  Object.keys(kafkaSettings(PLACE, version)).filter((key) => key.startsWith('share.'));

test('share groups are set for Kafka 4 alone; the rest is the same', () => {
  expect(shareSettings('3.9.1')).toEqual([]);
  const { length } = shareSettings('4.2.2');
  expect(length).toBe(3);
  const older = kafkaSettings(PLACE, '3.9.1');
  expect(kafkaSettings(PLACE, '4.2.2')).toMatchObject(older);
  expect(Object.keys(kafkaSettings(PLACE, '4.2.2')).length).toBe(Object.keys(older).length + length);
});

test('a backslash in a path stays one in the properties', () => {
  const text = toPropertiesText(kafkaSettings({ ...PLACE, logDir: 'C:\\data' }, KAFKA_VERSION));
  expect(text).toContain('log.dirs=C:\\\\data\n');
});

test('the version is the pinned one unless another is named', () => {
  expect(['', '3.9.1'].map((name) => chosenKafkaVersion(name))).toEqual([KAFKA_VERSION, '3.9.1']);
  expect(() => chosenKafkaVersion('latest')).toThrow(/TM_STACK_UNAVAILABLE.*TIDEMARK_KAFKA_VERSION is "latest"/);
  expect(TESTED_KAFKA_VERSIONS).toContain(KAFKA_VERSION);
});
