import type { OutputRecord, TransactionalProducer, WrittenEnds } from '@tidemark/stream';

/** Writes records in a transaction of their own. @returns where they end */
export async function commitRecords(
  producer: TransactionalProducer,
  records: readonly OutputRecord[],
): Promise<WrittenEnds> {
  const transaction = await producer.begin();
  const ends = await transaction.send(records);
  await transaction.commit();
  return ends;
}
