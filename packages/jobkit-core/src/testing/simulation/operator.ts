/** Whoever uses a simulated kit: does one random thing after the other to it, in no sensible order. */
import type { TaskId } from "../../base/ids.ts";
import { draftTasks } from "../../task/draft.ts";
import type { NewTask } from "../../task/task.ts";
import { simulatedJobNames, simulatedPools } from "./limits.ts";
import { badBatch, batchOf, manyQuick } from "./submissions.ts";
import type { World } from "./world.ts";

const HOUR_MS = 3_600_000;
const PRUNED_MAX = 20;
const SOME_MAX = 4;
const HOLDERS = ["health", "person"] as const;
const HURRY_SHARE = 0.3;

type Deed = (world: World) => void | Promise<void>;

/** What is done, and how often among each other. None of it waits for time. */
const deeds: readonly (readonly [weight: number, deed: Deed])[] = [
  [30, (world) => submit(world)],
  [6, (world) => submitBadly(world)],
  [6, (world) => perform(world)],
  [6, (world) => addOutside(world)],
  [8, (world) => waitForSome(world)],
  [12, (world) => world.attempt(() => world.process.scheduler.cancel(someOf(world), "simulated"))],
  [9, (world) => world.attempt(() => world.process.scheduler.retry(someOf(world)))],
  [4, (world) => world.attempt(() => world.process.scheduler.pause(jobOrAll(world)))],
  [6, (world) => world.attempt(() => world.process.scheduler.resume(jobOrAll(world)))],
  [4, ({ process, random }) => process.scheduler.hold(jobOf(random), random.pick(HOLDERS), "simulated")],
  [8, (world) => release(world)],
  [6, (world) => resize(world)],
  [5, (world) => prune(world)],
  [3, (world) => world.jump(world.random.below(2 * HOUR_MS) - HOUR_MS)],
];
const WEIGHT = deeds.reduce((sum, [weight]) => sum + weight, 0);

/** Do one thing. @returns true where everything it started has come to rest, as far as it does without time. */
export async function doSomething(world: World): Promise<boolean> {
  let left = world.random.below(WEIGHT);
  const found = deeds.find(([weight]) => (left -= weight) < 0);
  const doing = found?.[1](world);
  // Sometimes the next thing comes before the answer.
  const hurries = world.random.chance(HURRY_SHARE);
  if (hurries) await Promise.race([doing, world.clock.sleep(0)]);
  else await world.clock.settle();
  return !hurries;
}

/** Nothing is paused or held any more, and pools are as large as they were. */
export async function setFree(world: World): Promise<void> {
  const { scheduler } = world.process;
  for (const [pool, slots] of Object.entries(simulatedPools)) resizeTo(world, pool, slots);
  for (const job of simulatedJobNames) for (const by of HOLDERS) scheduler.release(job, by);
  await world.attempt(() => scheduler.resume());
}

async function submit(world: World): Promise<void> {
  const { ledger, process, random } = world;
  const tasks = batch(world);
  const mark = `batch-${tasks[0]?.id}`;
  const marks = random.chance(0.2) ? { [mark]: tasks.length } : undefined;
  if (marks !== undefined) ledger.marks.ask(mark);
  await world.attempt(
    () => process.scheduler.submit(tasks, marks === undefined ? {} : { marks }),
    (code) => code === "GRAPH_UNKNOWN_PARENT" && namesForgotten(world, tasks),
  );
}

async function submitBadly(world: World): Promise<void> {
  const { tasks, code } = badBatch({ random: world.random, nowMs: world.clock.now() });
  let refused = false;
  await world.attempt(
    async () => {
      await world.process.scheduler.submit(tasks);
      if (!refused) world.complain(`a batch was taken that deserves ${code}`);
    },
    (given) => (refused = given === code),
  );
}

function perform(world: World): void {
  const { random, process, ledger } = world;
  const tasks = random.chance(0.05) ? manyQuick(random, world.clock.now()) : batch(world);
  const endings = process.scheduler.perform(tasks);
  for (const [at, ending] of endings.entries()) {
    const { id } = tasks[at] as NewTask & { readonly id: TaskId };
    ledger.waiting.watch(id, ending, (code) => {
      if (code === "GRAPH_UNKNOWN_PARENT") return namesForgotten(world, tasks);
      return code === "SCHEDULER_CLOSED" || (code === "TASK_UNKNOWN" && isForgotten(world, id));
    });
  }
}

/** Another process adds tasks to the same store: only the store's hint tells of it. */
async function addOutside(world: World): Promise<void> {
  const { random, clock, store, ledger } = world;
  const drafts = draftTasks(batch(world), { random, nowMs: clock.now() });
  ledger.addedOutside(drafts, await store.addGraph(drafts));
}

function waitForSome(world: World): void {
  const { process, clock, random, ledger } = world;
  for (const id of someOf(world)) {
    const patience = random.chance(0.3) ? new AbortController() : null;
    if (patience !== null)
      void clock.sleep(random.below(5_000)).then(() => patience.abort(new Error("no patience")));
    ledger.waiting.watch(id, process.scheduler.ended(id, patience?.signal), (code, message) => {
      if (code === "TASK_UNKNOWN") return isForgotten(world, id);
      return code === "SCHEDULER_CLOSED" || (patience !== null && message === "no patience");
    });
  }
}

function release({ process, random }: World): void {
  for (const by of HOLDERS) process.scheduler.release(jobOf(random), by);
}

function resize(world: World): void {
  const pool = world.random.pick(Object.keys(simulatedPools));
  resizeTo(world, pool, 1 + world.random.below(4));
}

function resizeTo({ process, ledger }: World, pool: string, slots: number): void {
  ledger.limits.pools.set(pool, slots);
  process.scheduler.resizePool(pool, slots);
}

async function prune(world: World): Promise<void> {
  const { random, clock, process } = world;
  const endedBeforeMs = clock.now() - random.below(60_000);
  await world.attempt(() => process.store.prune({ endedBeforeMs, limit: 1 + random.below(PRUNED_MAX) }));
}

function batch(world: World): readonly NewTask[] {
  return batchOf({ random: world.random, nowMs: world.clock.now(), some: () => someOf(world) });
}

function someOf({ ledger, random }: World): readonly TaskId[] {
  const ids = ledger.stored;
  if (ids.length === 0) return [];
  return [...new Set(Array.from({ length: 1 + random.below(SOME_MAX) }, () => random.pick(ids)))];
}

function namesForgotten(world: World, tasks: readonly NewTask[]): boolean {
  return tasks.some(({ after = [] }) => after.some((id) => isForgotten(world, id)));
}

function isForgotten({ ledger: { book } }: World, id: TaskId): boolean {
  return book.get(book.standsFor(id) ?? id)?.life === "gone";
}

function jobOf(random: World["random"]): string {
  return random.pick(simulatedJobNames);
}

function jobOrAll({ random }: World): string | undefined {
  return random.chance(0.4) ? undefined : jobOf(random);
}
