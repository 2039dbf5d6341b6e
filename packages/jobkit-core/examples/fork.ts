/** Fan out and in: a job forks a task for each folder, which forks one for each file. Nothing is held meanwhile. */
import { defineJob, fork } from "jobkit-core";
import { z } from "zod";
import { stage } from "./stage.ts";

const tree: Readonly<Record<string, readonly string[]>> = {
  "/": ["/docs", "/src", "/readme"],
  "/docs": ["/docs/one", "/docs/two"],
  "/src": [],
};
const count = defineJob({
  name: "count",
  doc: "Counts the files below a path.",
  input: z.string(),
  run: async ({ input, forks, waitedFor }) => {
    const inside = tree[input];
    if (inside === undefined) return 1;
    if (forks === 0) return fork(inside.map((path) => ({ job: "count", input: path })));
    const parts = (await waitedFor()).map(({ state }) => (state.kind === "done" ? Number(state.result) : 0));
    return parts.reduce((sum, part) => sum + part, 0);
  },
});
const { scheduler, bus } = await stage([count], { lanes: 1 });
const [root] = await Promise.all(scheduler.perform([{ job: "count", input: "/" }]));
console.log(root?.state.kind === "done" && root.state.result, "files, in one lane");
console.log(bus.count("task.forked"), "forked,", bus.count("task.finished"), "finished");
await scheduler[Symbol.asyncDispose]();

// Prints:
// 3 files, in one lane
// 3 forked, 6 finished
