import { repartitionTopic } from '@tidemark/schemas';
import { eventTopicsOf, type Parameters, sourceOf } from '../parameters.ts';
import { CLEANER, COUNTER, SORT, SPREAD } from '../topologies.ts';
import type { Visit } from '../visits.ts';
import type { World } from '../world.ts';
import type { Violate } from './check.ts';
import { isError, isGood } from './expected.ts';
import { doubled, valuesOf } from './results.ts';

/** Every good visit is cleaned once and in order, every bad one is one error. */
export function checkFlow({ log, parameters }: World, visits: readonly Visit[], violate: Violate): void {
  const { isChain, answerer, sorts } = parameters;
  const writers = [
    ...(isChain ? [{ worker: 'first worker', topic: 'cleaned', isSorted: sorts > 0 } as const] : []),
    ...(answerer !== undefined ? [{ worker: 'answerer', topic: 'answered', isSorted: false } as const] : []),
  ];
  for (const { worker, topic, isSorted } of writers) {
    const cleaned = valuesOf<Visit>(log, topic).map(({ id }) => String(id));
    const topics = eventTopicsOf(worker, parameters);
    const wanted = visits.filter((visit) => isGood(visit) && topics.includes(visit.topic));
    compareSets(topic, cleaned, wanted.map(({ id }) => String(id)), violate); // prettier-ignore
    checkOrder(log, topic, isSorted, violate);
  }
  checkKeys(log, parameters, violate);
  const payloads = valuesOf<{ payload: string }>(log, 'error-events').map(({ payload }) => payload);
  const errors = payloads.map((payload) => String((JSON.parse(Buffer.from(payload, 'base64').toString()) as Visit).id));
  const bad = visits.filter(isError).map(({ id }) => String(id));
  compareSets('error-events', errors, bad, violate);
}

function compareSets(topic: string, found: readonly string[], wanted: readonly string[], violate: Violate): void {
  const there = new Set(found);
  const lost = wanted.filter((id) => !there.has(id));
  const wantedSet = new Set(wanted);
  const foreign = found.filter((id) => !wantedSet.has(id));
  const twice = doubled(found);
  if (lost.length > 0) violate(`lost: ${topic} lacks ${lost}`);
  if (twice.length > 0) violate(`duplicate: ${topic} holds more than once ${twice}`);
  if (foreign.length > 0) violate(`foreign: ${topic} holds ${foreign}`);
}

/** Where records are put together by page all records of a page are in one partition. */
function checkKeys(log: World['log'], { sorts, spread, spreadsByPage }: Parameters, violate: Violate): void {
  const topics = [
    ...(sorts > 0 ? [repartitionTopic(CLEANER, SORT)] : []),
    ...(spread > 0 && spreadsByPage ? [repartitionTopic(COUNTER, SPREAD)] : []),
  ];
  for (const topic of topics) {
    const partitions = new Map<string, number>();
    for (const { partition, value } of log.committed(topic)) {
      const { page } = JSON.parse(value!.toString()) as Visit;
      if (partition !== (partitions.get(page) ?? partition)) violate(`${topic}: ${page} is in several partitions`);
      partitions.set(page, partition);
    }
  }
}

/** What one task wrote to one partition stands there in the order in which it was read, or that of one page if it was sorted. */
function checkOrder(log: World['log'], topic: string, isSorted: boolean, violate: Violate): void {
  const last = new Map<string, number>();
  for (const { partition, value } of log.committed(topic)) {
    const visit = JSON.parse(value!.toString()) as Visit;
    const key = `${sourceOf(visit)}${isSorted ? ` ${visit.page}` : ''} to ${partition}`;
    if (visit.place < (last.get(key) ?? -1)) violate(`order: visit ${visit.id} came behind later ones, from ${key}`);
    last.set(key, visit.place);
  }
}
