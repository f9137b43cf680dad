import { isInternalTopic, partialsTopic } from '@tidemark/schemas';
import { type Manifest, manifestKey } from '../manifest/manifest.ts';

/** An internal topic between two stages of an application. */
export interface StageLink {
  readonly topic: string;
  readonly writer: Manifest;
  readonly reader: Manifest;
  /** Partial rows between combine and merge; else the records of a repartition. */
  readonly isPartials: boolean;
}

export function internalLinks(manifests: readonly Manifest[]): readonly StageLink[] {
  return manifests.flatMap((reader) =>
    Object.keys(reader.inputs)
      .filter(isInternalTopic)
      .flatMap((topic) =>
        manifests
          .filter((writer) => topic in writer.outputs)
          .map((writer) => ({ topic, writer, reader, isPartials: isPartialsOf(writer, topic) })),
      ),
  );
}

function isPartialsOf({ application, stage }: Manifest, topic: string): boolean {
  return topic === partialsTopic(application, stage);
}

/** Every stage after all that read what it writes; where stages feed each other in a circle, in some order. */
export function downstreamFirst(manifests: readonly Manifest[]): readonly Manifest[] {
  const ordered: Manifest[] = [];
  const visited = new Set<string>();
  const visit = (manifest: Manifest) => {
    const key = manifestKey(manifest.application, manifest.stage);
    if (visited.has(key)) return;
    visited.add(key);
    for (const reader of manifests) if (reads(reader, manifest)) visit(reader);
    ordered.push(manifest);
  };
  manifests.forEach(visit);
  return ordered;
}

/** Topics that one stage writes and the other reads. */
export function topicsBetween(writer: Manifest, reader: Manifest): readonly string[] {
  return Object.keys(writer.outputs).filter((topic) => topic in reader.inputs);
}

function reads(reader: Manifest, writer: Manifest): boolean {
  return topicsBetween(writer, reader).length > 0;
}
