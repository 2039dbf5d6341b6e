/** So many samples are kept over a window: the edge of "the last five minutes" is as exact as a sixtieth of it. */
const SAMPLES = 60;

/** What a count was at both ends of a window. */
export interface WindowSpan<T> {
  readonly from: T;
  readonly to: T;
  readonly overMs: number;
}

/**
 * What was true over the last `lengthMs`, by looking now and then: the oldest look that is still needed, and the
 * newest. Owns no timer: where nobody looked for a while, the span is longer, and says so.
 */
export class Window<T> {
  readonly #lengthMs: number;
  readonly #samples: { readonly atMs: number; readonly value: T }[] = [];

  constructor(lengthMs: number) {
    this.#lengthMs = lengthMs;
  }

  /** Take a look. `nowMs` is monotonic and never smaller than before. */
  sample(nowMs: number, value: T): void {
    const samples = this.#samples;
    const before = samples.at(-2);
    // Too soon after the last but one: the newest takes the place of the last.
    if (before !== undefined && nowMs - before.atMs < this.#lengthMs / SAMPLES) samples.pop();
    samples.push({ atMs: nowMs, value });
    const needed = samples.findLastIndex(({ atMs }) => atMs <= nowMs - this.#lengthMs);
    if (needed > 0) samples.splice(0, needed);
  }

  /** From the oldest look to the newest; `null` while no time lies between them. */
  get span(): WindowSpan<T> | null {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined || first.atMs === last.atMs) return null;
    return { from: first.value, to: last.value, overMs: last.atMs - first.atMs };
  }
}
