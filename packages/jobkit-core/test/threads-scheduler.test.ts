/** Jobs in threads, run by the real scheduler. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { expect, expectTypeOf, test } from "vitest";
import { EventBus, jobkitEvents, RamQueue, Scheduler, type Job } from "../src/index.ts";
import { SeededRandom } from "../src/testing/index.ts";
import { systemClock } from "../src/system/index.ts";
import { lane } from "./threads-kit.ts";

function taking<Input>(): StandardSchemaV1<unknown, Input> {
  return { "~standard": { version: 1, vendor: "test", validate: (value) => ({ value: value as Input }) } };
}

/** Run one task of a job to its end. */
async function ended<Input>(job: Job<Input>, size: number, input: unknown) {
  const store = new RamQueue();
  await using scheduler = new Scheduler({
    store,
    jobs: [job],
    pools: {},
    events: new EventBus({ clock: systemClock }).emitter(jobkitEvents),
    clock: systemClock,
    random: new SeededRandom(1),
    owner: "here",
    lanes: { [job.lane]: size },
  });
  await scheduler.start();
  const [added] = await scheduler.submit([{ job: job.name, input: input as null }]);
  return await scheduler.ended(added?.id as NonNullable<typeof added>["id"]);
}

test("a job in a thread gets its result into the store", async () => {
  const { threads } = await lane({ size: 2 });
  const job = threads.job({
    name: "sum",
    doc: "Sum up.",
    input: taking<{ count: number }>(),
    export: "sumTo",
  });
  expectTypeOf(job).toEqualTypeOf<Job<{ count: number }>>();

  const { state } = await ended(job, threads.size, { count: 10 });

  expect(state).toMatchObject({ kind: "done", result: { sum: 55, inThread: true } });
  await threads[Symbol.asyncDispose]();
});

test("a loop without an end is over at the job's timeout, and its thread with it", async () => {
  const { threads, recorder } = await lane({ killAfterMs: 50 });
  const job = threads.job({
    name: "spin",
    doc: "Spin.",
    input: taking<null>(),
    export: "neverAnswers",
    timeoutMs: 100,
    retry: { attempts: 1 },
  });

  const { state } = await ended(job, threads.size, null);

  expect(state).toMatchObject({ kind: "failed", error: { code: "TASK_TIMEOUT" } });
  expect(recorder.of("thread.lost")).toHaveLength(1);
  await threads[Symbol.asyncDispose]();
});

test("a lost thread is tried again, and told as THREAD_FAILED in the end", async () => {
  const { threads, recorder } = await lane();
  const job = threads.job({
    name: "exit",
    doc: "Exit.",
    input: taking<null>(),
    export: "exits",
    retry: { attempts: 2, firstMs: 1 },
  });

  const { state, attempt } = await ended(job, threads.size, null);

  expect(state).toMatchObject({ kind: "failed", error: { code: "THREAD_FAILED" } });
  expect(attempt).toBe(2);
  expect(recorder.of("thread.lost")).toHaveLength(2);
  await threads[Symbol.asyncDispose]();
});

test("what the types and the declaration do not allow is refused", async () => {
  const { threads } = await lane({ killAfterMs: 5_000 });
  const define = (): unknown =>
    threads.job({
      name: "sum",
      doc: "Sum up.",
      input: taking<{ count: number }>(),
      export: "sumTo",
      graceMs: 5_000,
    });

  // @ts-expect-error: that export takes an object
  threads.job({ name: "sum", doc: "Sum up.", input: taking<string>(), export: "sumTo", graceMs: 9_000 });
  // @ts-expect-error: that export is not made by threadFunction
  threads.job({ name: "plain", doc: "Nothing.", input: taking<null>(), export: "plain", graceMs: 9_000 });
  expect(define).toThrow("ends before its thread does");
  await threads[Symbol.asyncDispose]();
});
