/**
 * What a person waits for, with the scheduler over the durable queue: a chain of dependent steps, the pickup of a
 * task by an idle scheduler, and the cost of one task beside ever more that are queued.
 * `node --conditions=@jobkit/source bench/steps.ts`
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  defineJob,
  EventBus,
  jobkitEvents,
  newTaskIds,
  Scheduler,
  SeededRandom,
  type NewTask,
} from "jobkit-core";
import { systemClock } from "jobkit-core/system";
import { openSqliteQueue } from "jobkit-sqlite";

const STEPS = 20;
const ROUNDS = Number(process.env["ROUNDS"] ?? 25);
const PICKUPS = Number(process.env["PICKUPS"] ?? 300);
const MOST = Number(process.env["MOST"] ?? 1_000_000);
const PROBE = 1_000;
const BATCH = 10_000;

const random = new SeededRandom(1);
const folder = mkdtempSync(join(tmpdir(), "jobkit-steps-bench-"));
let began: (atMs: number) => void = () => {};

async function open(name: string, lanes: number) {
  const store = await openSqliteQueue({ path: join(folder, name) });
  const work = defineJob<unknown>({
    name: "work",
    doc: "Says when it began.",
    input: { "~standard": { version: 1, vendor: "bench", validate: (value) => ({ value }) } },
    run: async () => began(performance.now()),
  });
  const scheduler = new Scheduler({
    store,
    jobs: [work],
    pools: {},
    events: new EventBus({ clock: systemClock }).emitter(jobkitEvents),
    clock: systemClock,
    random,
    owner: "bench",
    lanes,
  });
  const close = async (): Promise<void> => {
    await scheduler[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
  };
  return { scheduler, store, [Symbol.asyncDispose]: close };
}

const at = (values: readonly number[], share: number): string =>
  (values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN).toFixed(2);

async function chain(): Promise<void> {
  await using queue = await open("chain.db", 8);
  await queue.scheduler.start();
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const ids = newTaskIds(random, Date.now(), STEPS);
    const tasks = ids.map((id, place): NewTask => {
      const after = ids.slice(Math.max(0, place - 1), place);
      return { id, job: "work", input: null, after };
    });
    const beganMs = performance.now();
    await Promise.all(queue.scheduler.perform(tasks));
    times.push((performance.now() - beganMs) / STEPS);
  }
  console.log(`a chain of ${STEPS} dependent steps: ${at(times, 0.5)} ms a step (best ${at(times, 0)})`);
}

async function pickup(): Promise<void> {
  await using queue = await open("pickup.db", 1);
  await queue.scheduler.start();
  const times: number[] = [];
  for (let round = 0; round < PICKUPS; round += 1) {
    const { promise, resolve } = Promise.withResolvers<number>();
    began = resolve;
    const askedMs = performance.now();
    const [ended] = queue.scheduler.perform([{ job: "work", input: null }]);
    times.push((await promise) - askedMs);
    await ended;
    await queue.scheduler.idle();
  }
  began = () => {};
  console.log(
    `from submitting to the start of an idle scheduler: p50 ${at(times, 0.5)} ms, p99 ${at(times, 0.99)} ms`,
  );
}

async function growth(): Promise<void> {
  console.log("   queued   submit µs   pick and complete µs   bytes a task");
  await using queue = await open("growth.db", 64);
  let queued = 0;
  for (let goal = 1_000; goal <= MOST; goal *= 10) {
    for (; queued < goal; queued += Math.min(BATCH, goal - queued))
      await queue.scheduler.submit(
        Array.from({ length: Math.min(BATCH, goal - queued) }, (_, input) => ({
          job: "work",
          input,
          priority: -1,
        })),
      );
    if (goal === 1_000) await queue.scheduler.start();
    await queue.scheduler.pause();
    const beganMs = performance.now();
    const probes = Array.from({ length: PROBE }, (_, input) => ({ job: "work", input }));
    const added = await queue.scheduler.submit(probes);
    const submitUs = ((performance.now() - beganMs) * 1_000) / PROBE;
    const last = added.at(-1);
    const resumedMs = performance.now();
    await queue.scheduler.resume();
    if (last !== undefined) await queue.scheduler.ended(last.id);
    const runUs = ((performance.now() - resumedMs) * 1_000) / PROBE;
    await queue.scheduler.pause();
    const bytes = Math.round(statSync(join(folder, "growth.db")).size / (queued + PROBE));
    console.log(
      `${String(goal).padStart(9)}${submitUs.toFixed(1).padStart(12)}${runUs.toFixed(1).padStart(23)}${String(bytes).padStart(15)}`,
    );
  }
}

await chain();
await pickup();
await growth();
rmSync(folder, { recursive: true });
