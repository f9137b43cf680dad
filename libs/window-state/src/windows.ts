/** Sliding windows of event time, aligned to the epoch. All times are epoch ms. */
export interface WindowSpec {
  readonly sizeMs: number;
  /** Distance between the starts of two windows; equal to `sizeMs` for tumbling windows. */
  readonly slideMs: number;
}

/** Windows of `sizeMs`, one starting every `slideMs`. @throws RangeError when a window would be empty or leave gaps */
export function slidingWindow(spec: WindowSpec): WindowSpec {
  const { sizeMs, slideMs } = spec;
  if (!Number.isSafeInteger(sizeMs) || !Number.isSafeInteger(slideMs) || slideMs < 1 || sizeMs < slideMs) {
    throw new RangeError(`a window needs whole milliseconds with 1 <= slideMs <= sizeMs, got ${JSON.stringify(spec)}`);
  }
  return { sizeMs, slideMs };
}

export function tumblingWindow(sizeMs: number): WindowSpec {
  return slidingWindow({ sizeMs, slideMs: sizeMs });
}

/** Start of the newest window that holds `timeMs`. Older ones follow at distances of `slideMs`. */
export function newestWindowStart(spec: WindowSpec, timeMs: number): number {
  return Math.floor(timeMs / spec.slideMs) * spec.slideMs;
}

/** Starts of all windows that hold `timeMs`, newest first. */
export function windowStarts(spec: WindowSpec, timeMs: number): number[] {
  const starts: number[] = [];
  for (let start = newestWindowStart(spec, timeMs); start > timeMs - spec.sizeMs; start -= spec.slideMs) {
    starts.push(start);
  }
  return starts;
}

/** Spark's rule, the same for dropping late records and for removing windows: closed iff window_end <= watermark. */
export function isClosed(windowEndMs: number, watermarkMs: number): boolean {
  return windowEndMs <= watermarkMs;
}

/**
 * The largest window end at or below the watermark. Two watermarks with the same one close the same windows, so it is
 * all that a task needs to promise to others, and it moves once per slide instead of with every record.
 */
export function lastClosedEnd(spec: WindowSpec, watermarkMs: number): number {
  if (watermarkMs === -Infinity) return -Infinity;
  return Math.floor((watermarkMs - spec.sizeMs) / spec.slideMs) * spec.slideMs + spec.sizeMs;
}
