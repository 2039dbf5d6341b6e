/** Keys, keys that are held for a while, idempotency keys, sequences, priorities, delays. */
import { defineJob } from "jobkit-core";
import { z } from "zod";
import { clock, stage } from "./stage.ts";

const index = defineJob({
  name: "index",
  doc: "Indexes a file; one task for each file is enough.",
  input: z.object({ path: z.string(), why: z.string() }),
  keyOf: ({ path }) => path,
  run: async ({ input }) => console.log(`index ${input.path}: ${input.why}`),
});
const pay = defineJob({
  name: "pay",
  doc: "Pays an order, in the order of the account.",
  input: z.object({ order: z.number() }),
  idempotencyKeyOf: ({ order }) => `order ${order}`,
  run: async ({ input, signal }) => {
    await clock.sleep(1_000, signal);
    console.log(`paid order ${input.order} at ${clock.monotonic() / 1_000} s`);
  },
});
const { scheduler } = await stage([index, pay]);
const file = (why: string) => ({ job: "index", input: { path: "/a", why } });
const order = (number: number) => ({ job: "pay", input: { order: number }, sequence: "account 1" });

const met = await scheduler.submit([
  file("it was made"),
  file("it was changed"),
  order(1),
  order(2),
  order(1),
]);
console.log(met.map(({ added }) => added));
await clock.advance(5_000);
console.log(
  (await scheduler.submit([{ ...file("again"), keyForMs: 60_000 }, order(1)])).map(({ added }) => added),
);
await clock.settle();
console.log((await scheduler.submit([file("too soon")])).map(({ added }) => added));
await clock.advance(60_000);
await scheduler.submit([
  { job: "index", input: { path: "/b", why: "later" }, dueAtMs: clock.now() + 1_000 },
  { job: "index", input: { path: "/c", why: "when there is time" }, priority: -1 },
  { job: "index", input: { path: "/d", why: "at once" }, priority: 1 },
]);
await clock.advance(1_000);
await scheduler[Symbol.asyncDispose]();

// Prints:
// [ true, false, true, true, false ]
// index /a: it was made
// paid order 1 at 1 s
// paid order 2 at 2 s
// index /a: again
// [ true, false ]
// [ false ]
// index /d: at once
// index /c: when there is time
// index /b: later
