/** A small graph: two fetches, a merge that reads their results, and what happens when one of them fails. */
import { defineJob, fatal, newTaskId } from "jobkit-core";
import { z } from "zod";
import { clock, stage } from "./stage.ts";

const fetchCount = defineJob({
  name: "fetch-count",
  doc: "Fetches a number.",
  input: z.number(),
  run: async ({ input }) => {
    if (input < 0) throw fatal(`fetching ${input}: there is no such number`);
    return input;
  },
});
const add = defineJob({
  name: "add",
  doc: "Adds up what its parents came to.",
  input: z.null(),
  run: async ({ waitedFor }) => {
    const results = (await waitedFor()).map(({ state }) =>
      state.kind === "done" ? Number(state.result) : 0,
    );
    return results.reduce((sum, result) => sum + result, 0);
  },
});
const { scheduler, random } = await stage([fetchCount, add]);

/** Two fetches, and the sum of them by each policy for parents that do not end well. */
async function sums(numbers: readonly number[]): Promise<void> {
  const fetches = numbers.map((input) => ({ job: "fetch-count", input, id: newTaskId(random, clock.now()) }));
  const after = fetches.map(({ id }) => id);
  const policies = ["skip", "fail", "run"] as const;
  const adds = policies.map((onParentFailure) => ({ job: "add", input: null, after, onParentFailure }));
  const ends = (await Promise.all(scheduler.perform([...adds, ...fetches]))).slice(0, policies.length);
  console.log(ends.map(({ state }) => (state.kind === "done" ? state.result : state.kind)));
}
await sums([1, 2]);
await sums([1, -2]);
await scheduler[Symbol.asyncDispose]();

// Prints:
// [ 3, 3, 3 ]
// [ 'skipped', 'failed', 1 ]
