/** One group of lanes, at one moment. */
export interface LaneState {
  readonly name: string;
  readonly size: number;
  /** Lanes in use; those of ended attempts count until the store has accepted their settlement. */
  readonly busy: number;
  /** Lane-ms in use since the scheduler was made: divided by the time and the size it is the utilisation. */
  readonly busyMs: number;
}

interface Group {
  readonly name: string;
  readonly size: number;
  /** Names of the lanes that are free; the one given back last is taken first. */
  readonly free: string[];
  busyMs: number;
  changedMs: number;
}

/** The named lanes of one scheduler, by group. A lane is where one attempt runs at a time. */
export class Lanes {
  /** Lanes there are, over all groups. */
  readonly size: number;
  readonly #groups = new Map<string, Group>();

  /** @param sizes lanes by group. @throws RangeError when a size is not a whole number from 1. */
  constructor(sizes: Readonly<Record<string, number>>, nowMs: number) {
    let sum = 0;
    for (const [name, size] of Object.entries(sizes)) {
      if (!Number.isInteger(size) || size < 1)
        throw new RangeError(`scheduler: ${size} is not a number of lanes (${name})`);
      const free = Array.from({ length: size }, (_, at) => `${name}-${size - at}`);
      this.#groups.set(name, { name, size, free, busyMs: 0, changedMs: nowMs });
      sum += size;
    }
    this.size = sum;
  }

  /** Names of the groups. */
  get names(): readonly string[] {
    return [...this.#groups.keys()];
  }

  has(group: string): boolean {
    return this.#groups.has(group);
  }

  /** Take a lane of a group. @returns its name. `nowMs` is monotonic. @throws RangeError when none is free. */
  take(group: string, nowMs: number): string {
    const found = this.#groups.get(group);
    const lane = found?.free.at(-1);
    if (found === undefined || lane === undefined) throw new RangeError(`no lane of ${group} is free`);
    account(found, nowMs);
    found.free.pop();
    return lane;
  }

  /** Give a lane back. */
  give(group: string, lane: string, nowMs: number): void {
    const found = this.#groups.get(group);
    if (found === undefined) return;
    account(found, nowMs);
    found.free.push(lane);
  }

  /** Free lanes by group. */
  free(): Record<string, number> {
    const free: Record<string, number> = {};
    for (const group of this.#groups.values()) free[group.name] = group.free.length;
    return free;
  }

  /** Every group, in the order they were declared. */
  states(nowMs: number): readonly LaneState[] {
    return [...this.#groups.values()].map((group) => {
      account(group, nowMs);
      return { name: group.name, size: group.size, busy: busyOf(group), busyMs: group.busyMs };
    });
  }
}

function busyOf({ size, free }: Group): number {
  return size - free.length;
}

/** Add up what has been in use until now, before that changes. */
function account(group: Group, nowMs: number): void {
  if (nowMs <= group.changedMs) return;
  group.busyMs += busyOf(group) * (nowMs - group.changedMs);
  group.changedMs = nowMs;
}
