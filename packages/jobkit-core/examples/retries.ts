/** Retries, a timeout, a cancellation, a job that does not stop, a deadline. */
import { defineJob, fatal, jobkitEvents } from "jobkit-core";
import { z } from "zod";
import { clock, stage } from "./stage.ts";

const work = defineJob({
  name: "work",
  doc: "Does one of the things that can go wrong.",
  input: z.enum(["flaky", "hopeless", "slow", "deaf"]),
  timeoutMs: 60_000,
  graceMs: 5_000,
  retry: { attempts: 2, firstMs: 10_000, jitter: 0 },
  run: async ({ input, attempt, signal }) => {
    if (input === "flaky" && attempt === 1) throw new Error("no luck");
    if (input === "hopeless") throw fatal("working: this will never do");
    if (input === "slow") await clock.sleep(3_600_000, signal);
    if (input === "deaf") await clock.sleep(3_600_000); // it is not told to stop, because it does not listen
  },
});
const { scheduler, bus } = await stage([work]);
bus.on(jobkitEvents, "task.retrying", ({ attrs }) =>
  console.log(`again in ${attrs.delayMs} ms: ${attrs.code}`),
);
bus.on(jobkitEvents, "task.warned", ({ attrs }) => console.log(attrs.text));

const inputs = ["flaky", "hopeless", "slow", "deaf"] as const;
const ends = scheduler.perform([
  ...inputs.map((input) => ({ job: "work", input })),
  { job: "work", input: "slow", deadlineAtMs: clock.now() + 20_000, limits: { timeoutMs: 30_000 } },
]);
const [cancelled] = await scheduler.submit([{ job: "work", input: "slow" }]);
await clock.settle();
if (cancelled) await scheduler.cancel([cancelled.id], "nobody waits for it");
await clock.advance(3_600_000);
for (const { input, state, attempt } of await Promise.all(ends))
  console.log(input, state.kind, attempt, state.kind === "failed" ? state.error.code : "");
if (cancelled) console.log((await scheduler.ended(cancelled.id)).state.kind);
await scheduler[Symbol.asyncDispose]();

// Prints:
// again in 10000 ms: INTERNAL
// again in 10000 ms: TASK_TIMEOUT
// did not stop within 5000 ms and was abandoned; it may still be running
// again in 10000 ms: TASK_ABANDONED
// did not stop within 5000 ms and was abandoned; it may still be running
// flaky done 2
// hopeless failed 1 TASK_FATAL
// slow failed 2 TASK_TIMEOUT
// deaf failed 2 TASK_ABANDONED
// slow failed 1 TASK_EXPIRED
// cancelled
