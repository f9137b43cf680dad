/** A profile as `node --cpu-prof` writes it (Chrome DevTools Protocol, Profiler.Profile), as far as it is used here. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** Ids of the nodes on top of the stack, one per sample. */
  readonly samples: readonly number[];
  /** Between a sample and the one before, µs. */
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
}

/** A function and the time in it, without the time in what it calls. */
export interface HotFunction {
  readonly name: string;
  /** File, from the repository's root where it is in it, and line. */
  readonly place: string;
  readonly selfMs: number;
  /** Share of the time in which the program ran, 0 to 1. */
  readonly share: number;
}

export interface TopOptions {
  /** How many functions. */
  readonly count: number;
  /** Taken off the front of file names. */
  readonly rootDir: string;
  /** Only what comes later than so long after the profile's start, such as the end of a warm-up. */
  readonly afterMs?: number;
}

/** Functions by self time, most first. Time in which the process waited counts nowhere. */
export function topFunctions(profile: CpuProfile, { count, rootDir, afterMs = 0 }: TopOptions): HotFunction[] {
  const selfUs = selfTimes(profile, afterMs);
  const totalUs = [...selfUs.values()].reduce((sum, us) => sum + us, 0);
  return [...selfUs]
    .sort(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([key, us]) => {
      const [name, place] = key.split('\0') as [string, string];
      return { name, place: place.replace(`file://${rootDir}`, ''), selfMs: us / 1_000, share: us / totalUs };
    });
}

function selfTimes({ nodes, samples, timeDeltas }: CpuProfile, afterMs: number): Map<string, number> {
  const keys = new Map(nodes.map(({ id, callFrame }) => [id, keyOf(callFrame)]));
  const selfUs = new Map<string, number>();
  let atUs = 0;
  samples.forEach((id, index) => {
    atUs += timeDeltas[index] ?? 0;
    const key = keys.get(id) ?? '(unknown)\0';
    if (key === '(idle)\0' || atUs <= afterMs * 1_000) return;
    selfUs.set(key, (selfUs.get(key) ?? 0) + (timeDeltas[index] ?? 0));
  });
  return selfUs;
}

function keyOf({ functionName, url, lineNumber }: ProfileNode['callFrame']): string {
  return `${functionName || '(anonymous)'}\0${url && `${url}:${lineNumber + 1}`}`;
}
