/**
 * What the cases of the queue conformance suite are written with: drafts, short calls, assertions. Free of
 * any test framework, so that a store in any house can be held to the suite.
 */
import { CodedError } from "../../base/errors.ts";
import { taskId, type TaskId } from "../../base/ids.ts";
import type { Outcome, QueueStore, Settled, Settlement, TaskDraft, Turn } from "../../queue/queue-store.ts";
import type { Room, RoomJob } from "../../queue/room.ts";
import { draftTask } from "../../task/draft.ts";
import type { TaskState } from "../../task/state.ts";
import type { NewTask, Task } from "../../task/task.ts";
import { SeededRandom } from "../seeded-random.ts";

/** One promise of QueueStore, and how it is held against a store. */
export interface QueueStoreCase {
  /** The promise, as a sentence. */
  readonly name: string;
  /**
   * Open an empty store, hold it to the promise, close it.
   * @throws ConformanceError, or what the store threw, where the promise is broken.
   */
  run(open: () => Promise<QueueStore>): Promise<void>;
}

/** A store broke a promise. */
export class ConformanceError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ConformanceError";
  }
}

/** Wall time in ms at which the cases begin. */
export const T0 = 1_700_000_000_000;
/** The job of a task that names none. */
export const JOB = "work";
/** Who claims where nobody is named. */
export const OWNER = "me";

/** Makes the drafts of one case; the same drafts every time. */
export type Make = (task?: Partial<NewTask>) => TaskDraft;

/** A case that gets one fresh store, closed at its end however it ends. */
export function promise(
  name: string,
  body: (store: QueueStore, make: Make) => Promise<void>,
): QueueStoreCase {
  return {
    name,
    async run(open) {
      await using store = await open();
      await body(store, maker());
    },
  };
}

/** A source of drafts that are made, and due, at T0. */
export function maker(): Make {
  const random = new SeededRandom(1);
  const run = draftTask({ job: JOB, input: null }, { random, nowMs: T0 }).run;
  return (task = {}) => draftTask({ job: JOB, input: null, ...task }, { random, nowMs: T0, run });
}

/** An id that no draft has. */
export const STRANGER: TaskId = taskId("nobody");

/** The one group of lanes of the cases. */
const LANE = "main";

/** Room for so many tasks of each named job, and lanes for all of them; pools as given. */
export function roomFor(
  jobs: Readonly<Record<string, number>>,
  pools: Room["pools"] = {},
  needs: Readonly<Record<string, Readonly<Record<string, number>>>> = {},
): Room {
  const rows = Object.entries(jobs).map(([name, starts]): RoomJob => ({
    name,
    lane: LANE,
    starts,
    limit: "at its own limit",
    needs: needs[name] ?? {},
  }));
  return { lanes: { [LANE]: 1_000_000 }, pools, jobs: rows };
}

/** One turn of an owner. */
export function turn(
  store: QueueStore,
  nowMs: number,
  {
    settlements = [],
    room = null,
    owner = OWNER,
    leaseUntilMs = nowMs + 60_000,
  }: {
    readonly settlements?: readonly Settlement[];
    readonly room?: Room | null;
    readonly owner?: string;
    readonly leaseUntilMs?: number;
  } = {},
): Promise<Turn> {
  return store.turn({ owner, nowMs, leaseUntilMs, settlements, room });
}

/** Claim up to `limit` tasks. */
export async function claim(
  store: QueueStore,
  nowMs: number,
  { job = JOB, limit = 1_000, owner = OWNER, leaseUntilMs = nowMs + 60_000 } = {},
): Promise<readonly Task[]> {
  const room = roomFor({ [job]: limit });
  return (await turn(store, nowMs, { room, owner, leaseUntilMs })).claimed;
}

/** Is a task of that job claimable, and when does the answer change? Claims nothing. */
export async function look(
  store: QueueStore,
  nowMs: number,
  jobs: readonly string[] = [JOB],
): Promise<{ readonly waiting: readonly string[]; readonly nextAtMs: number | null }> {
  const room = roomFor(Object.fromEntries(jobs.map((job) => [job, 0])));
  const { held, nextAtMs } = await turn(store, nowMs, { room });
  return { waiting: [...held.keys()].toSorted(), nextAtMs };
}

/** The settlement of a claimed task by its owner. */
export function settlement(
  task: Task,
  nowMs: number,
  outcome: Outcome = { kind: "done", result: null },
): Settlement {
  const owner = task.state.kind === "running" ? task.state.owner : OWNER;
  return { id: task.id, owner, claim: task.claim, nowMs, outcome };
}

/** Settle one claimed task. */
export async function settle(
  store: QueueStore,
  task: Task,
  nowMs: number,
  outcome?: Outcome,
): Promise<Settled> {
  const { settled } = await turn(store, nowMs, { settlements: [settlement(task, nowMs, outcome)] });
  return present(settled[0], "the answer to one settlement");
}

/** Claim exactly that many tasks of `JOB` and give the first. */
export async function claimOne(store: QueueStore, nowMs: number, job = JOB): Promise<Task> {
  const [task, ...more] = await claim(store, nowMs, { job, limit: 1 });
  same(more.length, 0, "tasks beyond the limit of one");
  return present(task, "a claimable task");
}

/** A failed outcome. */
export const FAILED: Outcome = { kind: "failed", error: { code: "INTERNAL", message: "it broke" } };

/** The state a task is in now. */
export async function stateOf(store: QueueStore, { id }: { readonly id: TaskId }): Promise<TaskState> {
  const [task] = await store.get([id]);
  return present(task, `task ${id}`).state;
}

/** The tags of the states of several tasks. */
export async function kindsOf(
  store: QueueStore,
  tasks: readonly { readonly id: TaskId }[],
): Promise<readonly string[]> {
  const found = await store.get(tasks.map(({ id }) => id));
  const kinds = new Map(found.map(({ id, state }) => [id, state.kind]));
  return tasks.map(({ id }) => kinds.get(id) ?? "absent");
}

/** The ids of things, in their order. */
export function ids(tasks: readonly { readonly id: TaskId }[]): readonly TaskId[] {
  return tasks.map(({ id }) => id);
}

/** @throws ConformanceError unless both are the same JSON-like value; key order and absent keys do not matter. */
export function same(actual: unknown, expected: unknown, what: string): void {
  if (!alike(actual, expected))
    throw new ConformanceError(`${what}: expected ${show(expected)}, got ${show(actual)}`);
}

/** @throws ConformanceError when it is absent. */
export function present<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new ConformanceError(`${what} is missing`);
  return value;
}

/** @throws ConformanceError unless the call is rejected with that code. */
export async function refused(call: Promise<unknown>, code: string): Promise<CodedError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof CodedError && error.code === code) return error;
    throw error;
  }
  throw new ConformanceError(`a call that had to be refused with ${code} was answered`);
}

function alike(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = new Map(Object.entries(a).filter(([, value]) => value !== undefined));
  const right = new Map(Object.entries(b).filter(([, value]) => value !== undefined));
  return (
    left.size === right.size &&
    [...left].every(([key, value]) => right.has(key) && alike(value, right.get(key)))
  );
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
