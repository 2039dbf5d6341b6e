import { defineJob, type Job } from "jobkit-core";
import { capDegrees } from "../tend/cap.ts";
import { dateInput, type DateInput } from "../tend/date.ts";
import type { TendDeps } from "../tend/tend-deps.ts";

/** Take links from hubs. What it does depends on the graph alone; the date names the day's work. */
export function capDegree({ store, graph, events, clock, settings }: TendDeps): Job<DateInput> {
  return defineJob({
    name: "cap-degree",
    doc: "Take the weakest automatic links from memories with too many; nobody loses the last one.",
    input: dateInput,
    concurrencyMax: 1,
    async run() {
      const limit = settings["degree.max"];
      const { greatest, ...done } = capDegrees(store, graph, { limit, atMs: clock.now() });
      const told = { limit, ...done };
      events.emit("hubs.capped", () => told);
      return { ...told, greatest };
    },
  });
}
