import type { Chance } from './chance.ts';
import type { Rhythm } from './rhythms.ts';

/** How long ago it was that others had come to where a source begins that was silent. */
const BEHIND_MS = [0, 1_000, 3_000];

/** Draws the event times of each source: they do not fall, but for those of events that come behind their time. */
export class EventTimes {
  readonly #chance: Chance;
  readonly #gapMs: number;
  readonly #idleTimeoutMs: number;
  readonly #rhythms: readonly Rhythm[];
  readonly #startMs: number;
  readonly #newestMs = new Map<number, number>();
  readonly #lastAtMs = new Map<number, number>();
  /** The newest event time of all, and since when. */
  readonly #newestOfAll: { readonly sinceMs: number; readonly timeMs: number }[] = [];

  constructor(
    chance: Chance,
    { gapMs, idleTimeoutMs }: { readonly gapMs: number; readonly idleTimeoutMs: number },
    rhythms: readonly Rhythm[],
    startMs: number,
  ) {
    this.#chance = chance;
    this.#gapMs = gapMs;
    this.#idleTimeoutMs = idleTimeoutMs;
    this.#rhythms = rhythms;
    this.#startMs = startMs;
  }

  /** The newest event time of a source, epoch ms. */
  newest(source: number): number {
    return this.#newestMs.get(source) ?? this.#startMs;
  }

  /** An event time that is not before any other one of its source. @param atMs when the event is fed, ascending */
  next(source: number, atMs: number): number {
    const beginMs = Math.max(this.newest(source), this.#caughtUp(source, atMs));
    return beginMs + this.#chance.below(Math.ceil(this.#gapMs * (this.#rhythms[source]?.pace ?? 1)));
  }

  /** To be told of each event. */
  fed(source: number, atMs: number, timeMs: number): void {
    this.#lastAtMs.set(source, atMs);
    if (timeMs <= this.newest(source)) return;
    this.#newestMs.set(source, timeMs);
    const ofAllMs = this.#newestOfAll.at(-1)?.timeMs ?? -Infinity;
    if (timeMs > ofAllMs) this.#newestOfAll.push({ sinceMs: atMs, timeMs });
  }

  /**
   * Who was silent goes on with what is new by then: about where the others are or, as time has passed, ahead of them. They
   * overtake it then, and it them. Else it would be late for good reasons, since they have gone on for long.
   */
  #caughtUp(source: number, atMs: number): number {
    const { isLive = false, back } = this.#rhythms[source] ?? {};
    const wasSilent = atMs - (this.#lastAtMs.get(source) ?? 0) > this.#idleTimeoutMs;
    if (wasSilent && back !== undefined) return this.#newestAt(atMs - back.behindMs) + back.leadMs;
    const isBack = wasSilent && this.#chance.happens(0.7);
    if (!isLive && !isBack) return -Infinity;
    const asOfMs = isLive ? atMs : atMs - this.#chance.one(BEHIND_MS);
    return this.#newestAt(asOfMs) + (isLive ? 0 : this.#chance.one([0, this.#chance.below(2 * this.#idleTimeoutMs)]));
  }

  #newestAt(atMs: number): number {
    return this.#newestOfAll.findLast(({ sinceMs }) => sinceMs <= atMs)?.timeMs ?? -Infinity;
  }
}
