import { upstreamByCatalogue, type UpstreamOf } from '@tidemark/runtime';

/** By the topic catalogue, with the ids that upstream workers run under. */
export function upstreamUnder(ids: Readonly<Record<string, string>>): UpstreamOf {
  return (topic) => {
    const [worker, stage] = upstreamByCatalogue(topic)?.split('/') ?? [];
    return worker === undefined ? undefined : `${ids[worker] ?? worker}/${stage}`;
  };
}
