import { allTopics, catalogueSpecs } from '@tidemark/schemas';
import { MemoryLog } from '@tidemark/stream';
import { prepareTopics } from './prepare-topics.ts';

test('creates what is missing', async () => {
  const { admin } = new MemoryLog();
  expect(await prepareTopics(admin)).toEqual({ created: allTopics().length, existing: 0, differences: [] });
  expect(await prepareTopics(admin)).toEqual({ created: 0, existing: allTopics().length, differences: [] });
});

test('an existing topic with other settings is reported, not changed', async () => {
  const { admin } = new MemoryLog();
  await admin.createTopics([{ topic: 'sales-summary', partitions: 8, config: { 'cleanup.policy': 'delete' } }]);
  const { created, differences } = await prepareTopics(admin);
  expect(created).toBe(catalogueSpecs().length - 1);
  expect(differences).toEqual([
    'sales-summary has partitions 8, not 3; left as it is',
    'sales-summary has cleanup.policy delete, not compact; left as it is',
  ]);
  expect((await admin.partitionCounts(['sales-summary'])).get('sales-summary')).toBe(8);
});
