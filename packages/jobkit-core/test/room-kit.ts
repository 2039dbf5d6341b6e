import * as fc from "fast-check";
import { fillRoom, type Head, type HeldReason, type Room, type RoomJob } from "../src/index.ts";

/** A waiting task, for a decision about it. */
export interface WaitingTask extends Head {
  readonly job: string;
}

/** What a room was filled with. */
export interface Filled {
  readonly taken: readonly WaitingTask[];
  readonly held: ReadonlyMap<string, HeldReason>;
}

export const JOBS = ["a", "b", "c", "d"];
export const POOLS = ["p", "q"];

/** Larger priority, then longer due; of equals the job that the room names first. */
export function inStartingOrder(tasks: readonly WaitingTask[], room: Room): readonly WaitingTask[] {
  const place = new Map(room.jobs.map(({ name }, at) => [name, at]));
  return tasks.toSorted(
    (a, b) =>
      b.priority - a.priority || a.dueAtMs - b.dueAtMs || (place.get(a.job) ?? 0) - (place.get(b.job) ?? 0),
  );
}

/** Fill a room from a list of waiting tasks, as a store does. */
export function fill(room: Room, tasks: readonly WaitingTask[]): Filled {
  const waiting = inStartingOrder(tasks, room).slice();
  const taken: WaitingTask[] = [];
  const held = fillRoom<WaitingTask>(room, {
    first: (job) => waiting.find((task) => task.job === job),
    take: (task, job) => {
      if (task.job !== job) throw new Error(`a task of ${task.job} was taken for ${job}`);
      waiting.splice(waiting.indexOf(task), 1);
      taken.push(task);
    },
  });
  return { taken, held };
}

/** A job of a room, in lane group "main", without needs or limits unless it says so. */
export function roomJob(name: string, more: Partial<RoomJob> = {}): RoomJob {
  return {
    name,
    lane: "main",
    starts: Number.POSITIVE_INFINITY,
    limit: "at its own limit",
    needs: {},
    ...more,
  };
}

/** A waiting task, due at 0. */
export function waits(job: string, more: Partial<Head> = {}): WaitingTask {
  return { job, priority: 0, dueAtMs: 0, needs: null, ...more };
}

const anyNeeds = fc.dictionary(fc.constantFrom(...POOLS), fc.integer({ min: 1, max: 3 }), { maxKeys: 2 });

const anyJob = (name: string): fc.Arbitrary<RoomJob> =>
  fc.record({
    name: fc.constant(name),
    lane: fc.constantFrom("main", "side"),
    starts: fc.constantFrom(0, 1, 2, Number.POSITIVE_INFINITY),
    limit: fc.constantFrom("paused", "not ready", "at its own limit", "at its rate"),
    needs: anyNeeds,
  });

const anyPool = fc
  .tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 3 }))
  .map(([free, held]) => ({ free, size: Math.max(1, free + held) }));

export const anyRoom: fc.Arbitrary<Room> = fc.record({
  lanes: fc.record({ main: fc.integer({ min: 0, max: 6 }), side: fc.integer({ min: 0, max: 3 }) }),
  pools: fc.record({ p: anyPool, q: anyPool }),
  jobs: fc.tuple(...JOBS.map(anyJob)),
});

export const anyTasks: fc.Arbitrary<readonly WaitingTask[]> = fc.array(
  fc.record({
    job: fc.constantFrom(...JOBS),
    priority: fc.integer({ min: -1, max: 1 }),
    dueAtMs: fc.integer({ min: 0, max: 3 }),
    needs: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: anyNeeds }),
  }),
  { maxLength: 25 },
);
