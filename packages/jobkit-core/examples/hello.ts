/** A job, a task, its end. */
import { defineJob } from "jobkit-core";
import { z } from "zod";
import { stage } from "./stage.ts";

const greet = defineJob({
  name: "greet",
  doc: "Greets somebody, and says how far it is.",
  input: z.object({ name: z.string() }),
  run: async ({ input, progress, note }) => {
    progress(1, 1, "greeting", { letters: input.name.length });
    note(`greeting ${input.name}`);
    return `hello ${input.name}`;
  },
});

const { scheduler, bus, store } = await stage([greet]);
bus.listen({ name: "screen" }, ({ ev, attrs }) => console.log(ev, attrs["text"] ?? attrs["counters"] ?? ""));
const [added] = await scheduler.submit([
  { job: "greet", input: { name: "Ada" }, labels: { from: "example" } },
]);
await scheduler.idle();
const [task] = added === undefined ? [] : await store.get([added.id]);
console.log(task?.labels, task?.state.kind === "done" && task.state.result);
await scheduler[Symbol.asyncDispose]();

// Prints:
// task.queued
// task.started
// task.progressed {"letters":3}
// task.noted greeting Ada
// task.finished
// { from: 'example' } hello Ada
