import type { Checkpoint, CheckpointDelta, CheckpointMeta } from '@tidemark/stream';

export function metaAt(version: number, incarnation = 'inc-1'): CheckpointMeta {
  return {
    incarnation,
    version,
    changelogOffset: version * 10,
    writtenAtMs: 1_767_225_600_000 + version,
    position: `{"v":${version}}`,
  };
}

export function numberedRows(count: number, value: (i: number) => string = (i) => `value ${i}`): Map<string, string> {
  return new Map(Array.from({ length: count }, (_, i) => [`row ${i}`, value(i)]));
}

export function checkpointAt(version: number, rows: Iterable<readonly [string, string]> = []): Checkpoint {
  return { meta: metaAt(version), rows: new Map(rows) };
}

export function deltaTo(
  base: number,
  version: number,
  rows: Iterable<readonly [string, string | null]> = [],
): CheckpointDelta {
  return { base, meta: metaAt(version), rows: new Map(rows) };
}
